#include "runtime/pool/rank_channels.hpp"

#include <string>
#include <utility>

namespace jury {

HubChannel::HubChannel(Channel& ranks, Routes routes) : ranks_(ranks), routes_(std::move(routes)) {
  for (int rank = 1; rank < routes_.size(); ++rank)
    if (routes_.is_gateway(rank)) bundlers_.emplace(rank, Bundler(ranks_, rank));
}

void HubChannel::send(int peer, Bytes bytes) {
  const int rank = peer + 1;
  const int gateway = routes_.gateway_of(rank);
  if (gateway == 0) return ranks_.send(rank, std::move(bytes));
  Bundler& bundler = bundlers_.at(gateway);
  if (bundler.empty()) kept_.push_back(&bundler);
  bundler.add(rank, bytes);
}

void HubChannel::push() {
  for (; !kept_.empty(); kept_.pop_front()) kept_.front()->flush();
}

std::optional<Frame> HubChannel::receive() {
  push();
  while (inbox_.empty()) {
    std::optional<Frame> mail = ranks_.receive();
    if (!mail) return {};
    if (routes_.gateway_of(mail->peer) == 0) return Frame{mail->peer - 1, std::move(mail->bytes)};
    unpack(mail->peer, mail->bytes);
  }
  Frame frame = std::move(inbox_.front());
  inbox_.pop_front();
  return frame;
}

void HubChannel::unpack(int gateway, const Bytes& mail) {
  for (Frame& frame : read_bundle(mail)) {
    if (frame.peer >= routes_.size() || routes_.gateway_of(frame.peer) != gateway)
      throw CommError("message of rank " + std::to_string(frame.peer) + " through rank " + std::to_string(gateway) +
                      " (which is not its gateway; do all ranks run with the same options?)");
    inbox_.push_back({frame.peer - 1, std::move(frame.bytes)});
  }
}

std::size_t HubChannel::num_waiting() const { return kept_.size() + ranks_.num_waiting(); }

void SpokeChannel::send(int peer, Bytes bytes) {
  JURY_EXPECTS(peer == 0);
  static_cast<void>(peer);
  ranks_.send(to_, std::move(bytes));
}

std::optional<Frame> SpokeChannel::receive() {
  std::optional<Frame> mail = ranks_.receive();
  if (!mail) return {};
  if (mail->peer != to_)
    throw CommError("message from rank " + std::to_string(mail->peer) + " (this rank listens to rank " +
                    std::to_string(to_) + " alone)");
  return Frame{0, std::move(mail->bytes)};
}

}  // namespace jury
