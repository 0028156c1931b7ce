#!/bin/sh
# Five networks learn one picture at the same time, each with the same share of the time:
# ASMR, SIREN, KiloNeRF, LoE and a hash grid of comparable numbers of parameters.
#
#   demos/race.sh [options of asmr-tui]
#
# What to look at:
#   - The pictures: KiloNeRF and the hash grid are there after a second, ASMR and LoE soon after; SIREN, whose full step is
#     a hundred times as dear, sees a mini-batch at a time and is noisy for long.
#   - The table: MACs/sample. ASMR needs about a hundredth of what a SIREN of its size needs, for more decibels.
#   - 2: the curves; x puts them against seconds or MACs spent. 3: PSNR against MACs, with the paths of how each got there.
#   - 7: two runs beside each other, space pauses, q ends.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
# Installed, in a checkout that was built, or wherever PATH has it.
for program in "$here/../../../bin/asmr-tui" "$here/../.build/release/asmr-tui"; do
  if [ -x "$program" ]; then break; fi
  program=asmr-tui
done
exec "$program" "$here/cameraman.pgm" --race --autosave off "$@"
