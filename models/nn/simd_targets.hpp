// To be included before Highway's foreach_target.h: which vector sets kernels are compiled for
// (none, SSE4, AVX2, AVX-512), so that each kernel is not compiled six times over.
#pragma once

#define HWY_DISABLED_TARGETS (HWY_SSSE3 | HWY_AVX3_DL)
