#!/usr/bin/env sh
# Installs the gateways that `make load` measures beside Pointsman: nginx (Debian), Spring Cloud Gateway (Maven),
# Portkey (npm) and LiteLLM (PyPI). Takes names of peers, default: all. One that cannot be installed is said and
# left out; the rig reports it as absent. They go to benchmarks/target/peers, or where POINTSMAN_PEERS says.
set -u
here=$(CDPATH= cd -- "$(dirname -- "$(readlink -f -- "$0")")" && pwd)
root=$(CDPATH= cd -- "$here/../.." && pwd)
peers=${POINTSMAN_PEERS:-$root/benchmarks/target/peers}
portkey_version=1.15.2
litellm_version=1.108.7
mkdir -p "$peers"
failed=0

nginx() {
    [ -x /usr/sbin/nginx ] && return 0
    # The package alone where root is not ours: the binary needs no installation.
    if [ "$(id -u)" = 0 ]; then
        apt-get install -y --no-install-recommends nginx
    else
        (cd "$peers" && apt-get download nginx && dpkg-deb -x nginx_*.deb nginx)
    fi
}

scg() {
    JAVA_HOME=$("$root/bin/find-jdk") || return 1
    export JAVA_HOME
    "$root/mvnw" -B -ntp -q -f "$here/scg/pom.xml" -DbuildDirectory="$peers/scg" package
}

portkey() {
    mkdir -p "$peers/portkey" && npm install --prefix "$peers/portkey" --no-audit --no-fund --omit=dev \
        "@portkey-ai/gateway@$portkey_version"
}

litellm() {
    python3 -m venv "$peers/litellm" && "$peers/litellm/bin/pip" install -q --disable-pip-version-check \
        "litellm[proxy]==$litellm_version"
}

for peer in ${@:-nginx scg portkey litellm}; do
    case $peer in
        nginx | scg | portkey | litellm) ;;
        *)
            echo "no peer is named $peer: nginx, scg, portkey, litellm" >&2
            exit 2
            ;;
    esac
    if "$peer"; then
        echo "$peer: installed"
    else
        echo "$peer: could not be installed" >&2
        failed=1
    fi
done
exit $failed
