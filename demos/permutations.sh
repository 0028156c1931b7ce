#!/bin/sh
# The same bases in another order are another network: ASMR with 4,4,4,8 on the cameraman has four orders, whose costs
# differ by a factor of 2.6 (64 wide) and whose pictures, in the end, by 0.15 dB.
#
#   demos/permutations.sh [options of asmr-tui]
#
# What to look at:
#   - enter trains all orders at once, with equal steps.
#   - MACs: the coarser the first levels are, the fewer samples they have, and the less they cost. 4,4,4,8 is the cheapest.
#   - PSNR beside it, and the spread below the table, which shrinks while they train. j and k choose an order, whose picture
#     is beside the target.
#   - x stops the worse half, a adds an order of yours, o sorts by PSNR, q ends.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
# Installed, in a checkout that was built, or wherever PATH has it.
for program in "$here/../../../bin/asmr-tui" "$here/../.build/release/asmr-tui"; do
  if [ -x "$program" ]; then break; fi
  program=asmr-tui
done
exec "$program" "$here/cameraman.pgm" --bases 4,4,4,8 --hidden 64 --view permutations --autosave off "$@"
