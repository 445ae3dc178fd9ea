#!/usr/bin/env bash
# Installs @tensorflow/tfjs-node, which the training backend `node` needs, where its own install script cannot download: everything
# comes from the registries of npm and Python. The wheel of tensorflow-cpu holds the C library with its headers, and the package
# holds the sources of its binding, which g++ compiles.
#
#     adiabit-install-tensorflow [PROJECT]       (default: the working directory, where npm ci was run)
#
# Linux x64 with glibc 2.17 or newer; node, npm, python3 with pip, g++. Safe to repeat: until the last step has passed, what was there
# stays. `npm ci` takes it away again.
#     TENSORFLOW_VERSION   version of tensorflow-cpu (default 2.13.1, the smallest; 2.12.1 to 2.21.0 were tried)
set -euo pipefail

package_version=4.22.0
tensorflow_version=${TENSORFLOW_VERSION:-2.13.1}
oldest_glibc=2.17

step='before the first step'
say() { printf 'install-tensorflow: %s\n' "$*" >&2; }
fail() {
  say "$*"
  say 'nothing was changed; training still runs on WebAssembly (adiabit doctor says what will run)'
  trap - ERR
  exit 1
}
trap 'fail "failed while $step; see the message above"' ERR

[ "$(uname -sm)" = 'Linux x86_64' ] || fail "the wheel is for Linux x64, this is $(uname -sm): npm install @tensorflow/tfjs-node downloads for others"
cd "${1:-.}"
[ -d node_modules ] || fail "there is no node_modules in $PWD: run npm ci there first, or name the project"
for tool in node npm python3 g++; do
  command -v "$tool" >/dev/null || fail "$tool is missing (Debian and Ubuntu: apt-get install nodejs npm python3 python3-pip g++)"
done
python3 -m pip --version >/dev/null 2>&1 || fail 'python3 has no pip (Debian and Ubuntu: apt-get install python3-pip)'
glibc=$(getconf GNU_LIBC_VERSION 2>/dev/null | cut -d' ' -f2) || glibc=
[ -n "$glibc" ] || fail "TensorFlow needs glibc $oldest_glibc or newer; this system has another C library"
[ "$(printf '%s\n' "$oldest_glibc" "$glibc" | sort -V | head -n 1)" = "$oldest_glibc" ] ||
  fail "TensorFlow needs glibc $oldest_glibc or newer; this system has $glibc"

# Beside node_modules, so that the last step is a rename.
work=$(mktemp -d "$PWD/node_modules/.install-tensorflow-XXXXXX")
trap 'rm -rf "$work"' EXIT

step="npm fetched @tensorflow/tfjs-node $package_version with what it needs"
mkdir "$work/project"
echo '{"private":true}' >"$work/project/package.json"
npm install --prefix "$work/project" --no-audit --no-fund --ignore-scripts --loglevel=error \
  "@tensorflow/tfjs-node@$package_version" node-api-headers@1 >&2
package=$work/project/node_modules/@tensorflow/tfjs-node

step="pip fetched the wheel of tensorflow-cpu $tensorflow_version"
python3 -m pip download --quiet --disable-pip-version-check --no-deps --only-binary=:all: --dest "$work" \
  --implementation cp --python-version 3.11 --abi cp311 \
  --platform manylinux_2_17_x86_64 --platform manylinux_2_27_x86_64 "tensorflow-cpu==$tensorflow_version" >&2

step='the C library was taken out of the wheel'
python3 - "$work"/tensorflow_cpu-*.whl "$package/deps" <<'PYTHON'
import pathlib, shutil, sys, zipfile

wheel, deps = sys.argv[1], pathlib.Path(sys.argv[2])
libraries = {f"tensorflow/libtensorflow_{part}.so.2": f"lib/libtensorflow_{part}.so.2" for part in ("cc", "framework")}
# What the binding includes, and what that includes in turn.
headers = ("tensorflow/c/", "tensorflow/core/platform/", "tensorflow/tsl/", "tsl/", "xla/tsl/")
with zipfile.ZipFile(wheel) as archive:
    for name in archive.namelist():
        inside = name.removeprefix("tensorflow/include/")
        if name in libraries:
            to = deps / libraries[name]
        elif inside != name and inside.startswith(headers) and inside.endswith(".h"):
            to = deps / "include" / inside
        else:
            continue
        to.parent.mkdir(parents=True, exist_ok=True)
        with archive.open(name) as source, open(to, "wb") as target:
            shutil.copyfileobj(source, target, 1 << 20)
# libtensorflow.so, by which the binding is linked, is inside the wheel's libtensorflow_cc.so.2.
for name, target in (("libtensorflow.so", "libtensorflow_cc.so.2"), ("libtensorflow_framework.so", "libtensorflow_framework.so.2")):
    (deps / "lib" / name).symlink_to(target)
PYTHON

step='g++ compiled the binding'
# N-API is stable: one file serves every Node from 20 on.
napi=$(node -p 'Math.min(8, Number(process.versions.napi))')
binding=$package/lib/napi-v$napi/tfjs_binding.node
mkdir -p "$(dirname "$binding")"
g++ -std=c++17 -O2 -fPIC -shared -w -DNAPI_VERSION="$napi" -DNODE_GYP_MODULE_NAME=tfjs_binding -DBUILDING_NODE_EXTENSION \
  -I"$work/project/node_modules/node-api-headers/include" -I"$package" -I"$package/deps/include" -o "$binding" \
  "$package/binding/tfjs_backend.cc" "$package/binding/tfjs_binding.cc" \
  -L"$package/deps/lib" -ltensorflow -ltensorflow_framework -Wl,-rpath,'$ORIGIN/../../deps/lib'
# Node 23 took two functions away that the package calls.
sed -i -e 's/(0, util_1\.isNullOrUndefined)(\([A-Za-z]*\))/(\1 == null)/g' -e 's/(0, util_1\.isArray)(/Array.isArray(/g' \
  "$package/dist/nodejs_kernel_backend.js" "$package/dist/kernels/TopK.js"

step='the new backend computed a product'
TF_CPP_MIN_LOG_LEVEL=2 node -e "
  const tf = require('$package');
  const [sum] = tf.matMul([[1, 2]], [[3], [4]]).dataSync();
  if (tf.getBackend() !== 'tensorflow' || sum !== 11) throw new Error('wrong: ' + tf.getBackend() + ' ' + sum);" >&2

step='npm added the package to node_modules'
# Only what it needs besides, which may be shared; then the package itself, whole.
npm install --no-save --no-audit --no-fund --ignore-scripts --loglevel=error "@tensorflow/tfjs-node@$package_version" >&2
rm -rf node_modules/@tensorflow/tfjs-node
mv "$package" node_modules/@tensorflow/tfjs-node
say "tfjs-node $package_version with TensorFlow $tensorflow_version, $(du -sm node_modules/@tensorflow/tfjs-node | cut -f1) MB: adiabit doctor names it"
