//! A component as an artifact: one layer with its bytes, and a few words on it, as the CNCF's
//! guide for wasm in OCI registries has them, and wkg.

use oci_client::annotations::ORG_OPENCONTAINERS_IMAGE_TITLE as TITLE;
use oci_client::client::{Config, ImageLayer};
use oci_client::manifest::{OCI_IMAGE_MEDIA_TYPE, OciImageManifest};
use serde_json::json;
use std::collections::BTreeMap;
use wasmparser::{ComponentExternalKind as Kind, ComponentTypeRef, Parser, Payload};
use worldhost::Pin;

/// What a layer is that is a component.
pub(crate) const WASM: &str = "application/wasm";

const CONFIG: &str = "application/vnd.wasm.config.v0+json";

pub(crate) struct Artifact {
    pub layer: ImageLayer,
    pub config: Config,
    pub manifest: OciImageManifest,
}

/// Of a component; `title` is the name of a file for it. The same component is the same artifact.
pub(crate) fn artifact(title: &str, bytes: Vec<u8>) -> wasmparser::Result<Artifact> {
    let (imports, exports) = names(&bytes)?;
    let config = json!({
        "created": "1970-01-01T00:00:00Z",
        "architecture": "wasm",
        // As any component is called, whatever its WASI.
        "os": "wasip2",
        "layerDigests": [Pin::of(&bytes).to_string()],
        "component": {"imports": imports, "exports": exports},
    });
    let config = Config::new(config.to_string(), CONFIG.into(), None);
    let title = BTreeMap::from([(TITLE.into(), title.into())]);
    let layer = ImageLayer::new(bytes, WASM.into(), Some(title));
    let mut manifest = OciImageManifest::build(std::slice::from_ref(&layer), &config, None);
    manifest.media_type = Some(OCI_IMAGE_MEDIA_TYPE.into());
    Ok(Artifact {
        layer,
        config,
        manifest,
    })
}

/// The interfaces and functions that it imports and exports itself.
fn names(bytes: &[u8]) -> wasmparser::Result<(Vec<String>, Vec<String>)> {
    let (mut imports, mut exports) = (Vec::new(), Vec::new());
    let mut depth = 0;
    for payload in Parser::new(0).parse_all(bytes) {
        match payload? {
            Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => depth += 1,
            Payload::End(_) => depth -= 1,
            Payload::ComponentImportSection(section) if depth == 0 => {
                for import in section {
                    let import = import?;
                    let is_item = matches!(
                        import.ty,
                        ComponentTypeRef::Instance(_) | ComponentTypeRef::Func(_)
                    );
                    imports.extend(is_item.then(|| import.name.name.to_string()));
                }
            }
            Payload::ComponentExportSection(section) if depth == 0 => {
                for export in section {
                    let export = export?;
                    let is_item = matches!(export.kind, Kind::Instance | Kind::Func);
                    exports.extend(is_item.then(|| export.name.name.to_string()));
                }
            }
            _ => {}
        }
    }
    Ok((imports, exports))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_artifact_says_what_the_component_imports_and_exports() {
        let component = wat::parse_str(
            r#"(component
                (import "a:b/c@1.0.0" (instance $c (export "t" (type (sub resource)))))
                (component (import "inner" (func)))
                (core module)
                (import "f" (func $f))
                (export "g" (func $f)))"#,
        );
        let bytes = component.unwrap();
        let pin = Pin::of(&bytes).to_string();
        let Artifact {
            layer,
            config,
            manifest,
        } = artifact("tool.wasm", bytes).unwrap();
        let config: serde_json::Value = serde_json::from_slice(&config.data).unwrap();
        assert_eq!(config["component"]["imports"], json!(["a:b/c@1.0.0", "f"]));
        assert_eq!(config["component"]["exports"], json!(["g"]));
        assert_eq!(config["layerDigests"], json!([pin]));
        assert_eq!(layer.media_type, WASM);
        assert_eq!(
            (manifest.layers.len(), &manifest.layers[0].digest),
            (1, &pin)
        );
    }
}
