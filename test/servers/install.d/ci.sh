# shellcheck shell=bash
# What the recipes of docs/ci are checked with: GitHub's own parser of workflows, and a runner of GitLab pipelines that
# carries GitLab's schema. Sourced by install.sh.
WORKFLOW_PARSER=0.3.61
GITLAB_CI_LOCAL=4.75.1 # runs on the Node that `lts` installs

ci_packages() {
  if [ -d "$CACHE/ci/node_modules/gitlab-ci-local" ]; then return; fi
  say "npm packages: @actions/workflow-parser, gitlab-ci-local"
  mkdir -p "$CACHE/ci"
  echo '{"private":true,"type":"module"}' >"$CACHE/ci/package.json"
  npm install --prefix "$CACHE/ci" --no-save --no-audit --no-fund --ignore-scripts --loglevel=error \
    "@actions/workflow-parser@$WORKFLOW_PARSER" "gitlab-ci-local@$GITLAB_CI_LOCAL"
}

# The runner of pipelines copies files with rsync, and the recipe asks GitLab with curl.
ci_tools() {
  local wanted=() one
  for one in git rsync curl; do command -v "$one" >/dev/null || wanted+=("$one"); done
  if [ "${#wanted[@]}" -eq 0 ]; then return; fi
  say "Debian packages: ${wanted[*]}"
  if [ "$(id -u)" -ne 0 ]; then
    echo "not root: install these packages yourself" >&2
    return 1
  fi
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends "${wanted[@]}" >/dev/null
}

FURTHER+=(ci_tools ci_packages)
