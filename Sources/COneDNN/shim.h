#ifndef ASMR_TUI_ONEDNN_SHIM_H
#define ASMR_TUI_ONEDNN_SHIM_H
// libdnnl 2.x installs its header under oneapi/.
#include <oneapi/dnnl/dnnl.h>
// omp.h belongs to the C compiler and is not on clang's search path; these two are all we need.
void omp_set_num_threads(int);
int omp_get_max_threads(void);
#endif
