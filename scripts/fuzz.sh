#!/usr/bin/env bash
# Fuzzes the targets of crates/worldhost-fixture/fuzz, guided by coverage.
set -euo pipefail
cd "$(dirname "$0")/.."

usage() {
    cat <<END
Usage: scripts/fuzz.sh [SECONDS [TARGET ...]]

Runs each target for so many seconds (default: 60), from the inputs of earlier runs and
from this project's own files. An input that a target does not stand is named at the end;
give it to tests/components/fuzzed.rs as a seed.

What it installs goes to \${CARGO_TARGET_DIR:-target}/fuzz: cargo-fuzz from crates.io. It
needs a C++ compiler, and no nightly Rust.
END
}

seconds=60
case ${1-} in
-h | --help) usage && exit ;;
*[!0-9]*) usage >&2 && exit 2 ;;
'') ;;
*) seconds=$1 && shift ;;
esac
fuzz=crates/worldhost-fixture/fuzz
targets=("$@")
((${#targets[@]})) || targets=(component worlds calls wit vendored policy grants cached)

mkdir -p "${CARGO_TARGET_DIR:-target}/fuzz"
home=$(cd "${CARGO_TARGET_DIR:-target}/fuzz" && pwd)
[[ -x $home/bin/cargo-fuzz ]] || cargo install -q cargo-fuzz --version 0.13.2 --locked --root "$home"
export PATH=$home/bin:$PATH CARGO_TARGET_DIR=$home
# Guided by what reads the input: code generators are a third of the build, and are not it.
cat >"$home/rustc" <<'END'
#!/usr/bin/env bash
rustc=$1 && shift
case " $* " in *" --crate-name cranelift"* | *" --crate-name winch"* | *" --crate-name regalloc2 "* | *" --crate-name pulley"*)
    for argument; do
        shift
        case $argument in *sancov* | *sanitizer-coverage*) ;; *) set -- "$@" "$argument" ;; esac
    done
    ;;
esac
exec "$rustc" "$@"
END
chmod +x "$home/rustc"
export RUSTC_WRAPPER=$home/rustc CARGO_INCREMENTAL=0
# The versions that the workspace has.
[[ -e $fuzz/Cargo.lock ]] || cp Cargo.lock "$fuzz"

seeds() {
    local target=$1 corpus=$2 file
    case $target in
    component)
        find tests/guests -name '*.wasm' -size -64k -exec cp -t "$corpus" {} + ;;
    wit)
        find wit crates examples -name '*.wit' -size -16k -not -path '*/target/*' |
            while read -r file; do cp "$file" "$corpus/$(sha256sum "$file" | cut -c-16)"; done ;;
    calls)
        printf '\0echo#string-value("a")' >"$corpus/wave"
        printf '\1echo#tuple-value([1, "b", 1.5])' >"$corpus/json" ;;
    vendored)
        {
            printf 'package a:c;\nworld w { import a:b/i@0.1.0; }\f'
            printf 'package a:b@0.1.0;\ninterface i { f: func(); }\f'
            cat wkg.lock && printf '\f[dependencies]\n"a:b" = "0.1.0"\n'
        } >"$corpus/wkg" ;;
    policy)
        printf 'dir-ro = ["a::/b"]\nenv = ["A=b"]\nallow-net = "a.example:443"\n' >"$corpus/grants"
        printf 'max-memory = "64MiB"\nfuel = 1_000\ntimeout = "5s"\n' >"$corpus/limits" ;;
    worlds) head -c 48 /dev/zero >"$corpus/first" ;;
    grants) printf '[::1]:80' >"$corpus/address" && printf 'example.org:*' >"$corpus/name" ;;
    cached) printf '%112s' '' >"$corpus/blank" ;;
    esac
}

failed=()
for target in "${targets[@]}"; do
    corpus=$home/corpus/$target
    mkdir -p "$corpus"
    seeds "$target" "$corpus"
    echo "== $target, $seconds s"
    cargo fuzz run --sanitizer none --strip-dead-code --fuzz-dir "$fuzz" "$target" "$corpus" -- \
        -max_total_time="$seconds" -timeout=20 -rss_limit_mb=2048 -max_len=65536 \
        -artifact_prefix="$home/not-stood-$target-" -print_final_stats=1 ||
        failed+=("$target")
done
((${#failed[@]} == 0)) || { echo "not stood by: ${failed[*]}; see $home/not-stood-*" >&2 && exit 1; }
