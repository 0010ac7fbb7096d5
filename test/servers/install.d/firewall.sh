# shellcheck shell=bash
# What generated firewalls are checked with. Sourced by install.sh.
HCL2JSON=0.24.0           # HashiCorp's own HCL parser, as WebAssembly
KUBERNETES_MODELS=5.1.0   # the schema of NetworkPolicy

# nftables, ufw and iptables; none of them is started: the tests use them in network namespaces of their own.
packet_filters() {
  local wanted=() one
  for one in nft:nftables ufw:ufw iptables-save:iptables ip:iproute2; do
    command -v "${one%%:*}" >/dev/null || [ -x "/usr/sbin/${one%%:*}" ] || wanted+=("${one##*:}")
  done
  if [ "${#wanted[@]}" -eq 0 ]; then return; fi
  say "Debian packages: ${wanted[*]}"
  if [ "$(id -u)" -ne 0 ]; then
    echo "not root: install these packages yourself" >&2
    return 1
  fi
  export DEBIAN_FRONTEND=noninteractive RUNLEVEL=1
  apt-get update -qq
  apt-get install -qq -y --no-install-recommends "${wanted[@]}" >/dev/null
}

firewall_packages() {
  if [ -d "$CACHE/firewall/node_modules/kubernetes-models" ]; then return; fi
  say "npm packages: @cdktn/hcl2json, kubernetes-models"
  mkdir -p "$CACHE/firewall"
  echo '{"private":true}' >"$CACHE/firewall/package.json"
  npm install --prefix "$CACHE/firewall" --no-save --no-audit --no-fund --ignore-scripts --loglevel=error \
    "@cdktn/hcl2json@$HCL2JSON" "kubernetes-models@$KUBERNETES_MODELS"
}

FURTHER+=(packet_filters firewall_packages)
