#!/bin/sh
# What the levels of ASMR learn, while they learn it, on a colour picture: every unit of every level as a map.
#
#   demos/features.sh [options of asmr-tui]
#
# What to look at:
#   - Rows are levels, the coarse one at the top: 4×4 values, then 16×16, 64×64, 512×512. A level's map repeats inside of
#     every cell of the level above: that is what makes ASMR cheap.
#   - v: another layout; arrows choose unit and level; enlarged, + zooms.
#   - m: the parts of an activation: what comes from the coarser level, and what the level's own digits add.
#   - l: the picture of the first levels alone, arrows move through them. w records the unit's maps, x plays them, q ends.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
# Installed, in a checkout that was built, or wherever PATH has it.
for program in "$here/../../../bin/asmr-tui" "$here/../.build/release/asmr-tui"; do
  if [ -x "$program" ]; then break; fi
  program=asmr-tui
done
exec "$program" "$here/astronaut.jpg" --view features --autosave off "$@"
