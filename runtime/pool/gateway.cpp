#include "runtime/pool/gateway.hpp"

#include <string>
#include <utility>

#include "runtime/pool/backoff.hpp"
#include "runtime/pool/message.hpp"

namespace jury {
namespace {

constexpr int kMailsPerTurn = 1000;  // then the relay has its turn, however many wait

}  // namespace

Gateway::Gateway(Channel& ranks, Routes routes, int rank, GatewayOptions options)
    : ranks_(ranks), routes_(std::move(routes)), rank_(rank), options_(options), up_(ranks, 0) {
  JURY_EXPECTS(routes_.is_gateway(rank));
}

bool Gateway::turn() {
  bool moved = false;
  for (int i = 0; i < kMailsPerTurn; ++i) {
    const std::optional<Frame> mail = ranks_.receive();
    if (!mail) break;
    moved = true;
    if (mail->peer == 0) {
      pass_down(mail->bytes);
    } else {
      expect_ours(mail->peer);
      pass_up(mail->peer, mail->bytes);
    }
  }
  send_up_if_due();
  return moved;
}

void Gateway::pass_up(int rank, const Bytes& frame) {
  if (up_.empty()) oldest_up_ = options_.clock->seconds();
  up_.add(rank, frame);
  if (frame_kind(frame) != MessageKind::heartbeat) more_than_breath_ = true;
}

void Gateway::pass_down(const Bytes& mail) {
  for (Frame& frame : read_bundle(mail)) {
    expect_ours(frame.peer);
    if (frame_kind(frame.bytes) == MessageKind::stop) stopped_.insert(frame.peer);
    if (frame.peer == rank_) {
      inbox_.push_back(std::move(frame.bytes));
    } else {
      ranks_.send(frame.peer, std::move(frame.bytes));
    }
  }
}

void Gateway::expect_ours(int rank) const {
  if (rank >= routes_.size() || routes_.gateway_of(rank) != rank_)
    throw CommError("message from or to rank " + std::to_string(rank) + " at rank " + std::to_string(rank_) +
                    " (which is not its gateway; do all ranks run with the same options?)");
}

void Gateway::send_up_if_due() {
  if (up_.empty()) return;
  if (!more_than_breath_ && options_.clock->seconds() - oldest_up_ < options_.hold_seconds) return;
  up_.flush();
  more_than_breath_ = false;
}

void Gateway::leave(double seconds) {
  const double deadline = options_.clock->seconds() + seconds;
  Backoff backoff(*options_.clock);
  while ((!has_stopped_all() || num_waiting() > 0) && options_.clock->seconds() < deadline) {
    if (turn()) {
      backoff.traffic();
    } else {
      backoff.idle();
    }
  }
}

void Gateway::send(int peer, Bytes bytes) {
  JURY_EXPECTS(peer == 0);
  static_cast<void>(peer);
  pass_up(rank_, bytes);
}

std::optional<Frame> Gateway::receive() {
  if (inbox_.empty()) return {};
  Frame frame{0, std::move(inbox_.front())};
  inbox_.pop_front();
  return frame;
}

}  // namespace jury
