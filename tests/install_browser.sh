#!/bin/sh
# Debian's Chromium for the browser tests. Where it cannot be installed the tests are skipped and say so.
set -u
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null 2>&1; then
  echo "Chromium is not installed and cannot be installed from here: browser tests will be skipped."
  exit 0
fi
echo "Installing Chromium for the browser tests ..."
export DEBIAN_FRONTEND=noninteractive
{ apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core; } >/dev/null 2>&1 ||
  echo "Chromium could not be installed: browser tests will be skipped."
