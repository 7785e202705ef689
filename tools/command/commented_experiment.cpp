#include "tools/command/commented_experiment.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "runtime/base/text.hpp"
#include "search/study/experiment.hpp"

namespace jury {
namespace {

constexpr std::size_t kHelpColumn = 36, kWidth = 130;
constexpr double kEndless = 1e5;  // nobody asks for more
// Of artificial data and of what is searched instead of data: not for a file of samples.
constexpr std::string_view kLeftOut[] = {"data.generator", "data.rows",    "data.test_rows", "data.a",
                                         "data.noise",     "search.space", "objective"};

bool is_among(std::span<const std::string_view> list, std::string_view item) {
  return std::find(list.begin(), list.end(), item) != list.end();
}

std::string bound_text(double x) { return fmt::format("{}", x); }

// "help (one of: a, b)" or "help (0 to 1)".
std::string words_about(const Field& field) {
  std::string text(field.help);
  if (!field.choices.empty()) {
    std::string known;
    for (const std::string_view choice : field.choices)
      if (!choice.empty()) known.append(known.empty() ? "" : ", ").append(choice);
    return text + "; one of " + known;
  }
  const bool has_high = field.high < kEndless;
  if (std::isfinite(field.low) && has_high)
    return text + fmt::format("; {} to {}", bound_text(field.low), bound_text(field.high));
  if (std::isfinite(field.low)) return text + fmt::format("; from {}", bound_text(field.low));
  return text;
}

// A setting with words beside it, which go on below where they are many.
std::string setting_line(std::string setting, std::string_view words) {
  std::string text;
  while (!words.empty()) {
    if (setting.size() + 1 > kHelpColumn &&
        setting.size() + words.size() + 3 > kWidth) {  // a long setting has its words below
      text += setting + "\n";
      setting.clear();
    }
    setting.resize(std::max(setting.size() + 1, kHelpColumn), ' ');
    const std::size_t room = kWidth - setting.size() - 2;
    std::size_t end = words.size() <= room ? words.size() : words.rfind(' ', room);
    if (end == std::string_view::npos || end == 0) end = std::min(words.find(' '), words.size());
    text += setting + "# " + std::string(words.substr(0, end)) + "\n";
    words.remove_prefix(std::min(end + 1, words.size()));
    setting.clear();
  }
  return setting.empty() ? text : text + setting + "\n";
}

template <class T>
struct Plain {
  using type = T;
};
template <class T>
struct Plain<std::optional<T>> {
  using type = T;
};

template <class T>
const T& held(const T& value, const T&) {
  return value;
}
template <class T>
const T& held(const std::optional<T>& value, const T& otherwise) {
  return value ? *value : otherwise;
}

// ", or a table: {...}" of a setting that is absent or a table of settings.
template <class T>
std::string words_about_table(const T&) {
  using Inner = typename Plain<T>::type;
  if constexpr (OptionsStruct<Inner> && !std::is_same_v<Inner, T>)
    return "; false, or a table: " + to_text(to_config(Inner{}));
  return {};
}

class SectionWriter {
 public:
  explicit SectionWriter(const Suggestion& suggestion) : suggestion_(suggestion) {}

  template <class T>
  void add(std::string_view key, const T& field, const Field& help) {
    using Section = typename Plain<T>::type;
    const Config* given = suggestion_.settings.find(key);
    if (is_among(kLeftOut, key)) return;
    if constexpr (OptionsStruct<Section>) {
      add_section(key, held(field, Section{}), help, given);
    } else if (key == "preprocess") {
      text_ +=
          "\n# [[preprocess]]                    # steps fitted on training rows, in order; none: impute, one-hot, "
          "standardize\n";
      text_ += setting_line("# step = \"standardize\"",
                            "for example; impute, standardize, minmax, robust, quantile, one-hot, ordinal, pca, clip");
    } else if (given != nullptr) {
      text_ += setting_line(fmt::format("{} = {}", key, to_text(*given)), help.help);
    }
  }
  std::string take() { return std::move(text_); }

 private:
  template <class Section>
  void add_section(std::string_view name, const Section& usual, const Field& help, const Config* given) {
    text_ += "\n" + setting_line(fmt::format("{}[{}]", given == nullptr ? "# " : "", name), help.help);
    const Config defaults = to_config(usual);
    if (given != nullptr)
      for (const auto& [key, value] : *given->as<Config::Table>()) {
        const std::string path = fmt::format("{}.{}", name, key);
        const std::string_view reason = suggestion_.reason(path);
        text_ += setting_line(fmt::format("{} = {}", key, to_text(value)),
                              reason.empty() ? help_of(usual, key) : std::string(reason));
      }
    Section::fields(usual, [&](std::string_view key, const auto& value, const Field& field) {
      if (given != nullptr && given->find(key) != nullptr) return;
      if (is_among(kLeftOut, fmt::format("{}.{}", name, key))) return;
      text_ += setting_line(fmt::format("# {} = {}", key, to_text(*defaults.find(key))),
                            words_about(field) + words_about_table(value));
    });
    if (name == "search")
      text_ +=
          "# [search.space]                    # for example\n# \"train.lr\" = \"loguniform(1e-4, 1e-1)\"\n# "
          "\"model.hidden\" = \"choice([32], [64], "
          "[128, 64])\"\n";
  }

  template <class Section>
  static std::string help_of(const Section& usual, std::string_view wanted) {
    std::string help;
    Section::fields(usual, [&](std::string_view key, const auto&, const Field& field) {
      if (key == wanted) help = field.help;
    });
    return help;
  }

  const Suggestion& suggestion_;
  std::string text_;
};

}  // namespace

std::string commented_experiment(const Suggestion& suggestion) {
  SectionWriter writer(suggestion);
  // Some defaults depend on which sections there are: what is shown is what holds without the line.
  Problems problems;
  const Experiment usual = read_experiment(suggestion.settings, problems);
  problems.throw_if_any();
  Experiment::fields(usual,
                     [&](std::string_view key, const auto& field, const Field& help) { writer.add(key, field, help); });
  return writer.take();
}

}  // namespace jury
