# shellcheck shell=bash
# What generated firewalls are checked with. Sourced by install.sh.
HCL2JSON=0.24.0           # HashiCorp's own HCL parser, as WebAssembly
KUBERNETES_MODELS=5.1.0   # the schema of NetworkPolicy

# nftables, ufw and iptables; none of them is started: the tests use them in network namespaces of their own.
packet_filters() {
  debian_packages nft:nftables ufw:ufw iptables-save:iptables ip:iproute2
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
