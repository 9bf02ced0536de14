//! C, by wit-bindgen, which alone knows what the functions are to be called: the first build
//! writes them down.

use super::of::Of;
use heck::ToSnakeCase;

pub(super) fn files(of: &Of<'_>) -> Vec<(String, String)> {
    let world = &of.wit.resolve.worlds[of.world].name;
    let build = BUILD
        .replace("@WORLD@", &of.name)
        .replace("@STEM@", &world.to_snake_case());
    vec![("build.sh".into(), build)]
}

const BUILD: &str = r#"#!/bin/sh
# Builds guest/guest.wasm. The first time it makes guest.c, with a function for each export:
# write what they do. After a change of the WIT, compare with bindings/@STEM@.h.
#
# Once: cargo install wit-bindgen-cli, and a compiler: wasi-sdk at WASI_SDK_PATH, or Zig. CC,
# WIT_BINDGEN and WORLDHOST name others.
set -e
cd "$(dirname "$0")"
: "${WIT_BINDGEN:=wit-bindgen}" "${WORLDHOST:=worldhost}"
if [ -z "$CC" ]; then
  if [ -n "$WASI_SDK_PATH" ]; then
    CC="$WASI_SDK_PATH/bin/clang --target=wasm32-wasip1"
  else
    CC="zig cc -target wasm32-wasi"
  fi
fi
"$WIT_BINDGEN" c ../wit --world @WORLD@ --out-dir bindings
if [ ! -f guest.c ]; then
  {
    printf '// A guest of the world @WORLD@.\n\n#include <stdlib.h>\n#include "@STEM@.h"\n\n'
    {
      sed -n '/^\/\/ Exported Functions/,/^\/\/ Helper Functions/p' bindings/@STEM@.h | grep '(.*);$'
      grep '_destructor(.*);$' bindings/@STEM@.h || true
    } | sed 's/^extern //; s/;$/ {\n  abort();\n}\n/'
  } >guest.c
fi
$CC -mexec-model=reactor -Os -s -Ibindings guest.c bindings/@STEM@.c bindings/@STEM@_component_type.o \
  -o guest.core.wasm
"$WORLDHOST" componentize guest.core.wasm -o guest.wasm
"#;
