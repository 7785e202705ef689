// The stored network that model.from names.
#pragma once

#include <memory>
#include <string>

#include "models/nn/model_options.hpp"
#include "models/nn/transfer.hpp"
#include "runtime/base/bytes.hpp"

namespace jury {

/// The member options.from_member of the final ensemble of the run directory (or results file) options.from,
/// with its best or latest weights; of a stack that of the first base that has such a member. Null when options.from
/// is "". The file is read as a foreign one, in the limited child.
///
/// Throws ConfigError when the run stores no networks or not this member; DataError when it is no
/// results file or holds something else; IoError when it cannot be read.
std::shared_ptr<const Donor> read_donor(const ModelOptions& options);

/// A donor as bytes and back, to be sent to other ranks; empty: null. Throws DataError.
Bytes to_bytes(const Donor* donor);
std::shared_ptr<const Donor> donor_from_bytes(std::span<const std::byte> bytes);

}  // namespace jury
