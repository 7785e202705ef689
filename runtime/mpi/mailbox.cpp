#include "runtime/mpi/mailbox.hpp"

#include <iterator>
#include <string>
#include <utility>

namespace jury {
namespace {

constexpr int kTag = 1;

}  // namespace

Mailbox::Mailbox(Comm comm, std::size_t max_waiting) noexcept : comm_(std::move(comm)), max_waiting_(max_waiting) {}

Mailbox::~Mailbox() {
  // A send that MPI has not finished still reads its buffer.
  if (!sending_.empty()) static_cast<void>(new std::list<Sending>(std::move(sending_)));
  comm_.leave();
}

void Mailbox::post(int rank, Bytes bytes) {
  JURY_EXPECTS(rank >= 0 && rank < size() && rank != this->rank());
  JURY_EXPECTS(bytes.size() <= kMailBytes);
  progress();
  if (num_waiting() >= max_waiting_)
    throw CommError("rank " + std::to_string(rank) + " takes no messages (" + std::to_string(num_waiting()) +
                    " wait to be sent)");
  Sending& last = sending_.emplace_back(Sending{MPI_REQUEST_NULL, std::move(bytes)});
  check(MPI_Isend(last.bytes.data(), static_cast<int>(last.bytes.size()), MPI_BYTE, rank, kTag, comm_.get(),
                  &last.request),
        "MPI_Isend");
}

std::optional<Mail> Mailbox::poll() {
  progress();
  if (comm_.is_solo()) return {};
  int arrived = 0;
  MPI_Status status{};
  check(MPI_Iprobe(MPI_ANY_SOURCE, kTag, comm_.get(), &arrived, &status), "MPI_Iprobe");
  if (arrived == 0) return {};
  int size = 0;
  check(MPI_Get_count(&status, MPI_BYTE, &size), "MPI_Get_count");
  if (size < 0 || static_cast<std::size_t>(size) > kMailBytes)
    throw CommError("message of " + std::to_string(size) + " bytes from rank " + std::to_string(status.MPI_SOURCE) +
                    " (at most " + std::to_string(kMailBytes) + " are allowed)");
  Mail mail{status.MPI_SOURCE, Bytes(static_cast<std::size_t>(size))};
  // An eager message is here as a whole once it is seen, so this returns at once.
  check(MPI_Recv(mail.bytes.data(), size, MPI_BYTE, mail.rank, kTag, comm_.get(), MPI_STATUS_IGNORE), "MPI_Recv");
  return mail;
}

void Mailbox::progress() {
  for (auto sending = sending_.begin(); sending != sending_.end();) {
    int done = 0;
    check(MPI_Test(&sending->request, &done, MPI_STATUS_IGNORE), "MPI_Test");
    sending = done != 0 ? sending_.erase(sending) : std::next(sending);
  }
}

}  // namespace jury
