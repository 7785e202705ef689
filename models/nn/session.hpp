// What is set once per thread or process before networks run.
#pragma once

#include <string>
#include <string_view>

namespace jury {

/// Threads that oneDNN uses for work started by the calling thread. Every thread that compiles,
/// trains or predicts calls this first: a new thread otherwise takes all cores, and bits depend on
/// the number of threads. Expects threads > 0.
void use_threads(int threads);

/// The instruction set that oneDNN and our kernels use ("sse41", "avx", "avx2", "avx512_core", ...).
/// Results are the same bits only on equal sets. The first call settles it for the process.
std::string isa();

/// Uses nothing beyond the named set from now on, as if the processor were older. To be called
/// before isa() and before any plan is compiled. Throws ConfigError when the name is unknown, when
/// the processor has less, or when it is too late.
void cap_isa(std::string_view name);

/// Whether the instruction set in use multiplies bf16 numbers.
bool has_bf16();

/// "2.6.3": the oneDNN library this process runs with.
std::string onednn_version();

}  // namespace jury
