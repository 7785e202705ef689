#include "runtime/pool/mpi_channel.hpp"

#include <utility>

namespace jury {

void MpiChannel::send(int peer, Bytes bytes) {
  JURY_EXPECTS(peer >= 0 && peer < num_peers());
  mailbox_.post(is_hub() ? peer + 1 : 0, std::move(bytes));
}

std::optional<Frame> MpiChannel::receive() {
  std::optional<Mail> mail = mailbox_.poll();
  if (!mail) return {};
  if (!is_hub() && mail->rank != 0)
    throw CommError("message from rank " + std::to_string(mail->rank) + " (workers listen to rank 0 alone)");
  return Frame{is_hub() ? mail->rank - 1 : 0, std::move(mail->bytes)};
}

}  // namespace jury
