// The one way MPI is called: a failure becomes an exception that names the function.
#pragma once

// The C++ bindings, gone from MPI since 3.0, are megabytes of headers with warnings.
#define OMPI_SKIP_MPICXX 1
#include <mpi.h>

#include "runtime/base/error.hpp"

namespace jury {

/// Throws CommError "<function> failed (<MPI's text>)" unless code is MPI_SUCCESS. To be put around
/// every call: check(MPI_Barrier(comm), "MPI_Barrier").
void check(int code, const char* function, const char* file = __builtin_FILE(), int line = __builtin_LINE());

}  // namespace jury
