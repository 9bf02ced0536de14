//! A repository of OCI's, with one artifact in it.

use crate::artifact::{WASM, artifact};
use crate::error::{Error, Result, in_words, short, within};
use crate::reach::Reach;
use futures_util::StreamExt;
use oci_client::client::Client;
use oci_client::errors::{DigestError, OciDistributionError as Oci, OciErrorCode as Code};
use oci_client::secrets::RegistryAuth;
use oci_client::{Reference, RegistryOperation};
use worldhost::{LoadLimits, Pin};

pub(crate) struct Repository {
    client: Client,
    reference: Reference,
    auth: RegistryAuth,
    /// As errors name it.
    address: String,
}

/// What a component is by those that do not call it [`WASM`] yet.
const OLD_MEDIA_TYPE: &str = "application/vnd.wasm.content.layer.v1+wasm";

impl Repository {
    pub(crate) fn open(reference: Reference, reach: &Reach, address: &str) -> Result<Box<Self>> {
        let host = reference.resolve_registry();
        let auth = reach.login(host, address)?;
        let client = Client::try_from(reach.config(host));
        let client = client.map_err(|error| said(&error, address))?;
        Ok(Box::new(Repository {
            client,
            reference,
            auth,
            address: address.into(),
        }))
    }

    /// Which component is there now.
    pub(crate) async fn ask(&self, limits: &LoadLimits) -> Result<Pin> {
        let asked = self.client.pull_image_manifest(&self.reference, &self.auth);
        let (manifest, _) = asked.await.map_err(|error| self.said(&error))?;
        let not = |why: String| Error::NotComponent {
            address: self.address.clone(),
            why: short(&why),
        };
        let [layer] = manifest.layers.as_slice() else {
            return Err(not(format!("it has {} layers", manifest.layers.len())));
        };
        let kind = layer.media_type.as_str();
        if ![WASM, OLD_MEDIA_TYPE].contains(&kind) {
            return Err(not(format!("it is {kind}")));
        }
        within(
            u64::try_from(layer.size).unwrap_or(0),
            &self.address,
            limits,
        )?;
        let pin = layer.digest.parse();
        pin.map_err(|_| not(format!("its digest is {}", layer.digest)))
    }

    /// The bytes of this digest.
    pub(crate) async fn get(&self, pin: &Pin, limits: &LoadLimits) -> Result<Vec<u8>> {
        let client = &self.client;
        let registry = self.reference.resolve_registry();
        client.store_auth_if_needed(registry, &self.auth).await;
        let digest = pin.to_string();
        let blob = client.pull_blob_stream(&self.reference, digest.as_str());
        let mut blob = blob.await.map_err(|error| self.said(&error))?;
        within(blob.content_length.unwrap_or(0), &self.address, limits)?;
        let mut bytes = Vec::new();
        while let Some(chunk) = blob.next().await {
            let chunk = chunk.map_err(|error| self.broke_off(&error, pin))?;
            within((bytes.len() + chunk.len()) as u64, &self.address, limits)?;
            bytes.extend_from_slice(&chunk);
        }
        Ok(bytes)
    }

    /// Puts a component there.
    pub(crate) async fn put(&self, name: &str, bytes: Vec<u8>) -> Result<()> {
        let made = artifact(name, bytes).map_err(|why| Error::NotComponent {
            address: name.into(),
            why: short(&why.to_string()),
        })?;
        let (client, reference, auth) = (&self.client, &self.reference, &self.auth);
        let allowed = client.auth(reference, auth, RegistryOperation::Push);
        allowed.await.map_err(|error| self.said(&error))?;
        let layers = [made.layer];
        let pushed = client.push(reference, &layers, made.config, auth, Some(made.manifest));
        pushed.await.map(drop).map_err(|error| self.said(&error))
    }

    fn said(&self, error: &Oci) -> Error {
        said(error, &self.address)
    }

    fn unreachable(&self, why: String) -> Error {
        let address = self.address.clone();
        Error::Unreachable { address, why }
    }

    fn broke_off(&self, error: &std::io::Error, pin: &Pin) -> Error {
        match error
            .get_ref()
            .is_some_and(|inner| inner.is::<DigestError>())
        {
            true => Error::Damaged {
                address: self.address.clone(),
                pin: *pin,
            },
            false => self.unreachable(in_words(error)),
        }
    }
}

fn said(error: &Oci, address: &str) -> Error {
    let address = address.to_string();
    let denied = |why: &str| Error::Denied {
        address: address.clone(),
        why: short(why),
    };
    match error {
        Oci::ImageManifestNotFoundError(_) => Error::NotFound { address },
        Oci::UnauthorizedError { .. } => denied("not authorized"),
        Oci::AuthenticationFailure(why) => denied(why),
        Oci::RegistryError { envelope, .. } => {
            let has = |codes: &[Code]| envelope.errors.iter().any(|one| codes.contains(&one.code));
            match () {
                () if has(&[Code::Unauthorized, Code::Denied]) => denied(&envelope.to_string()),
                () if has(&[
                    Code::ManifestUnknown,
                    Code::NameUnknown,
                    Code::BlobUnknown,
                    Code::NotFound,
                ]) =>
                {
                    Error::NotFound { address }
                }
                () => Error::Unreachable {
                    address,
                    why: in_words(error),
                },
            }
        }
        _ if status(error) == Some(404) => Error::NotFound { address },
        _ if matches!(status(error), Some(401 | 403)) => denied(&in_words(error)),
        Oci::ImageIndexParsingNoPlatformResolverError => Error::NotComponent {
            address,
            why: "it is a list of images".into(),
        },
        _ => Error::Unreachable {
            address,
            why: in_words(error),
        },
    }
}

/// What the server answered with, where it said nothing in OCI's words.
fn status(error: &Oci) -> Option<u16> {
    match error {
        Oci::ServerError { code, .. } => Some(*code),
        Oci::RequestError(error) => error.status().map(|status| status.as_u16()),
        _ => None,
    }
}
