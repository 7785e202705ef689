#include "search/sampler/condition.hpp"

#include <algorithm>
#include <string_view>

#include "search/sampler/distribution.hpp"

namespace jury {
namespace {

ComparedSide parse_operand(TextReader& reader) {
  const std::size_t column = reader.column();
  for (const std::string_view word : {"and", "or", "not", "in"})
    if (reader.at(word)) reader.fail("a setting or a value");
  if (reader.at_value()) return {.path = {}, .value = reader.value(), .column = column};
  if (!reader.at_name()) reader.fail("a setting or a value");
  return {.path = reader.path(), .value = {}, .column = column};
}

// Longer signs first: "<=" begins with "<".
std::string parse_operator(TextReader& reader) {
  for (const std::string_view op : {"==", "!=", "<=", ">=", "<", ">"})
    if (reader.accept(op)) return std::string(op);
  reader.fail("one of ==, !=, <, <=, >, >=, in");
}

}  // namespace

bool compare(const Config& left, const std::string& op, const Config& right) noexcept {
  if (op == "==") return same_value(left, right);
  if (op == "!=") return !same_value(left, right);
  if (op == "in") {
    const auto* list = right.as<Config::List>();
    return list != nullptr && std::ranges::any_of(*list, [&](const Config& value) { return same_value(left, value); });
  }
  const auto x = number_of(left);
  const auto y = number_of(right);
  if (!x || !y) return false;
  if (op == "<") return *x < *y;
  if (op == "<=") return *x <= *y;
  return op == ">" ? *x > *y : *x >= *y;
}

Condition Condition::parse(TextReader& reader) {
  Condition condition;
  condition.root_ = condition.parse_any(reader);
  return condition;
}

Condition::Node Condition::parse_any(TextReader& reader) {
  Node node{.kind = Kind::any};
  do node.parts.push_back(parse_all(reader));
  while (reader.accept("or"));
  return node;
}

Condition::Node Condition::parse_all(TextReader& reader) {
  Node node{.kind = Kind::all};
  do node.parts.push_back(parse_one(reader));
  while (reader.accept("and"));
  return node;
}

Condition::Node Condition::parse_one(TextReader& reader) {
  if (reader.accept("not")) return {.kind = Kind::negation, .parts = {parse_one(reader)}};
  if (reader.accept("(")) {
    Node node = parse_any(reader);
    reader.expect(")");
    return node;
  }
  Comparison comparison{.left = parse_operand(reader), .op = {}, .right = {}};
  const bool negated = reader.accept("not");
  if (reader.at("in")) {
    reader.expect("in");
    if (!reader.at("[")) reader.fail("a list [..]");
    comparison.op = "in";
    comparison.right = parse_operand(reader);
  } else {
    if (negated) reader.fail("'in'");
    comparison.op = parse_operator(reader);
    comparison.right = parse_operand(reader);
  }
  comparisons_.push_back(std::move(comparison));
  Node node{.kind = Kind::comparison, .comparison = comparisons_.size() - 1};
  return negated ? Node{.kind = Kind::negation, .parts = {node}} : node;
}

std::optional<bool> Condition::holds(const Values& values) const { return holds(root_, values); }

std::optional<bool> Condition::holds(const Node& node, const Values& values) const {
  if (node.kind == Kind::comparison) {
    const Comparison& comparison = comparisons_[node.comparison];
    const auto side = [&](const ComparedSide& operand) {
      return operand.path.empty() ? &operand.value : values(operand.path);
    };
    const Config* left = side(comparison.left);
    const Config* right = side(comparison.right);
    if (left == nullptr || right == nullptr) return std::nullopt;
    return compare(*left, comparison.op, *right);
  }
  if (node.kind == Kind::negation) {
    const std::optional<bool> part = holds(node.parts.front(), values);
    return part ? std::optional(!*part) : std::nullopt;
  }
  const bool decisive = node.kind == Kind::any;  // one true part makes `or` true, one false part makes `and` false
  bool unknown = false;
  for (const Node& part : node.parts) {
    const std::optional<bool> held = holds(part, values);
    if (held == decisive) return decisive;
    unknown |= !held.has_value();
  }
  return unknown ? std::nullopt : std::optional(!decisive);
}

}  // namespace jury
