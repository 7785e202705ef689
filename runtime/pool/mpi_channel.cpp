#include "runtime/pool/mpi_channel.hpp"

#include <utility>

namespace jury {

std::optional<Frame> MpiChannel::receive() {
  std::optional<Mail> mail = mailbox_.poll();
  if (!mail) return {};
  return Frame{mail->rank, std::move(mail->bytes)};
}

}  // namespace jury
