//! The bytes that a package was published as, made again from its text.
//!
//! A registry holds packages as WebAssembly, and a lock file the digest of that. The
//! bytes follow from the text, from the order of items that the text had when it was
//! published, and from the versions of the tools, which they write into the bytes.

use sha2::{Digest, Sha256};
use wasm_encoder::{ComponentSection, CustomSection};
use wasm_metadata::{AddMetadata, AddMetadataField};
use wit_component::encode;
use wit_parser::{PackageId, Resolve};

/// Releases of wkg, the likeliest first, and the versions of wit-component in each. What the
/// encoder writes for the same text has not changed between them, but for its version.
const RELEASES: [(&str, &[&str]); 9] = [
    ("0.15.0", &["0.244.0"]),
    ("0.14.0", &["0.244.0", "0.230.0"]),
    ("0.16.1", &["0.254.0", "0.253.0"]),
    ("0.16.0", &["0.254.0", "0.253.0"]),
    ("0.15.1", &["0.244.0"]),
    ("0.13.0", &["0.240.0", "0.230.0"]),
    ("0.12.0", &["0.235.0", "0.230.0"]),
    ("0.11.0", &["0.235.0", "0.224.0"]),
    ("0.10.0", &["0.224.0"]),
];

/// The oldest release of wkg that is tried.
pub(in crate::verify) const OLDEST: &str = "0.10.0";
/// The newest.
pub(in crate::verify) const NEWEST: &str = "0.16.1";

/// A package to be encoded.
#[derive(Clone, Copy)]
pub(in crate::verify) struct Package<'a> {
    pub(in crate::verify) resolve: &'a Resolve,
    pub(in crate::verify) id: PackageId,
}

/// How functions of resources and other functions followed each other in the text that
/// was published. The text that wkg writes has the others last.
#[derive(Clone, Copy, PartialEq)]
pub(in crate::verify) enum Order {
    AsWritten,
    FunctionsLast,
    FunctionsFirst,
}

/// The digests that the package can have been published under, and the bytes: one for
/// each order of items and release, the likeliest first.
pub(in crate::verify) fn candidates(
    package: Package<'_>,
) -> impl Iterator<Item = (String, Vec<u8>)> {
    let orders = [
        Order::AsWritten,
        Order::FunctionsFirst,
        Order::FunctionsLast,
    ];
    orders.into_iter().flat_map(move |order| {
        let encoded = package.encoded(order);
        let releases = RELEASES.into_iter().flat_map(|(release, encoders)| {
            encoders.iter().map(move |encoder| (release, *encoder))
        });
        releases.filter_map(move |(release, encoder)| {
            let bytes = package.published(encoded.as_deref()?, release, encoder)?;
            Some((digest(&bytes), bytes))
        })
    })
}

impl Package<'_> {
    /// The encoded package, without what a publisher adds to it.
    pub(in crate::verify) fn encoded(self, order: Order) -> Option<Vec<u8>> {
        if order == Order::AsWritten {
            return encode(self.resolve, self.id).ok();
        }
        let mut resolve = self.resolve.clone();
        let interfaces = resolve.packages[self.id].interfaces.clone();
        for id in interfaces.values() {
            // A stable sort: only the two kinds change places.
            let functions = &mut resolve.interfaces[*id].functions;
            functions.sort_by_key(|_, function| {
                let method = function.kind.resource().is_some();
                (order == Order::FunctionsFirst) == method
            });
        }
        encode(&resolve, self.id).ok()
    }

    /// With what a release of wkg adds.
    fn published(self, encoded: &[u8], release: &str, encoder: &str) -> Option<Vec<u8>> {
        let name = &self.resolve.packages[self.id].name;
        let mut metadata = AddMetadata::default();
        metadata.name = AddMetadataField::Set(format!("{}:{}", name.namespace, name.name));
        metadata.processed_by = vec![
            ("wit-component".into(), encoder.into()),
            ("wasm-pkg-core".into(), release.into()),
        ];
        let mut bytes = metadata.to_wasm(encoded).ok()?;
        if let Some(version) = &name.version {
            let section = CustomSection {
                name: "version".into(),
                data: version.to_string().into_bytes().into(),
            };
            section.append_to_component(&mut bytes);
        }
        Some(bytes)
    }
}

/// As a lock file has it.
pub(in crate::verify) fn digest(bytes: &[u8]) -> String {
    let hex = Sha256::digest(bytes);
    let hex: Vec<String> = hex.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256:{}", hex.concat())
}
