#include "tools/reference/man_page.hpp"

#include <fmt/format.h>

#include "models/nn/layer_settings.hpp"
#include "runtime/base/field_info.hpp"
#include "runtime/base/text.hpp"
#include "search/sampler/parse_distribution.hpp"
#include "search/study/experiment.hpp"

namespace jury {
namespace {

// Of the commit that was built: pages made twice are the same.
constexpr std::string_view kDate = *JURY_DATE == '\0' ? "\"\"" : JURY_DATE;

// Text that roff prints as it is.
std::string roff(std::string_view text) {
  std::string safe;
  for (const char c : text) {
    switch (c) {
      case '\\':
        safe += "\\e";
        break;
      case '-':
        safe += "\\-";
        break;
      case '\'':
        safe += "\\(aq";
        break;
      case '`':
        safe += "\\(ga";
        break;
      case '^':
        safe += "\\(ha";
        break;
      case '~':
        safe += "\\(ti";
        break;
      case '"':
        safe += "\\(dq";
        break;
      default:
        safe += c;
    }
  }
  if (safe.starts_with('.')) safe = "\\&" + safe;
  return safe;
}

// Text in lines of at most 76 bytes, which roff fills; those that would be requests are guarded.
std::string filled(const std::string& text) {
  constexpr std::size_t kWidth = 76;
  std::string lines, line;
  for (const std::string_view word : split_text(text, ' ')) {
    if (word.empty()) continue;
    if (!line.empty() && line.size() + 1 + word.size() > kWidth) {
      lines += line + "\n";
      line.clear();
    }
    if (line.empty() && word.starts_with('.')) line = "\\&";
    line += (line.empty() || line == "\\&" ? "" : " ") + std::string(word);
  }
  return lines + line;
}

std::string prose(std::string_view text) { return filled(roff(text)); }

std::string upper(std::string text) {
  for (char& c : text)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  return text;
}

std::string title(std::string_view name, int section, std::string_view version) {
  return fmt::format(".\\\" Made by 'jury man'.\n.TH {} {} {} \"jury {}\" \"jury\"\n.SH NAME\n",
                     upper(std::string(name)), section, kDate, version);
}

// A tag in bold, and what it is.
std::string item(const std::string& tag, const std::string& text) { return fmt::format(".TP\n{}\n{}\n", tag, text); }
std::string bold(std::string_view text) { return "\\fB" + roff(text) + "\\fR"; }
std::string italic(std::string_view text) { return "\\fI" + roff(text) + "\\fR"; }

std::string as_it_is(std::string_view lines) {
  std::string text = ".PP\n.nf\n";
  for (const std::string_view line : split_text(lines, '\n'))
    if (!line.empty()) text += roff(line) + "\n";
  return text + ".fi\n";
}

std::string option_item(const OptionInfo& option) {
  std::string tag = option.letter != '\0' ? bold(fmt::format("-{}", option.letter)) + ", " : std::string();
  tag += bold("--" + option.name);
  if (option.takes_value) tag += " " + italic("value");
  std::string text = option.help;
  if (option.offers == Offers::words && words_of_help(option.help).empty())
    text += "; one of " + words_text(option.words);
  if (!option.otherwise.empty()) text += " (default: " + option.otherwise + ")";
  return item(tag, prose(text));
}

std::string command_text(const CommandInfo& command) {
  const std::string synopsis = command.synopsis.empty() ? "" : " " + command.synopsis;
  std::string text = fmt::format(".SS jury {}{}\n", roff(command.name), roff(synopsis)) + prose(command.summary) + "\n";
  for (const OptionInfo& option : command.options)
    if (option.name != "help") text += option_item(option);
  for (const OperandInfo& operand : command.operands) {
    if (operand.words.empty() || operand.words[0].summary.empty()) continue;
    text += fmt::format(".PP\n{} is one of:\n", italic(operand.name));
    for (const Offered& word : operand.words) text += item(bold(word.word), prose(word.summary));
  }
  return text + as_it_is(command.examples);
}

constexpr std::pair<std::string_view, std::string_view> kFiles[] = {
    {"runs/NAME-HASH/results.h5", "every score, curve, prediction and decomposition; NetCDF-4 readers understand it"},
    {"runs/NAME-HASH/journal", "what was done, record by record, from which results are made again"},
    {"runs/NAME-HASH/summary.json, trials.csv", "the numbers one looks at first"},
    {"~/.config/jury/slurm.toml", "what jury slurm takes from the site: modules, environment, options of sbatch"},
};

constexpr std::pair<std::string_view, std::string_view> kExitCodes[] = {
    {"0", "done"},
    {"1", "failed at run time"},
    {"2", "usage or configuration"},
    {"3", "data"},
    {"4", "finished, but too many fits failed"},
    {"5", "worse than --require"},
    {"74", "input or output"},
    {"75", "stopped early and resumable"},
};

constexpr std::pair<std::string_view, std::string_view> kEnvironment[] = {
    {"JURY_SET", "settings, KEY=VALUE separated by semicolons, applied before those of --set"},
    {"JURY_SITE", "the site file of jury slurm"},
    {"JURY_EXIT_FILE", "a file to write the exit code to, for scripts whose launcher cannot be believed"},
};

template <class Pairs>
std::string items(const Pairs& pairs) {
  std::string text;
  for (const auto& [tag, what] : pairs) text += item(bold(tag), prose(what));
  return text;
}

std::string setting_item(const NamedField& leaf) {
  const FieldInfo& field = *leaf.field;
  std::string text = prose(field.about.help);
  std::string taken = field.kind == FieldKind::anything ? "" : allowed_text(field);
  if (!(field.otherwise == Config()) && field.otherwise != Config(std::string()))
    taken += (taken.empty() ? "default: " : "; default: ") + (field.is_optional ? "false" : to_text(field.otherwise));
  if (!taken.empty()) text += "\n.br\n" + prose(taken);
  return item(bold(leaf.path), text);
}

std::string settings_text(const std::vector<FieldInfo>& fields, const std::string& path) {
  std::string text;
  for (const NamedField& leaf : leaves_of(fields, path)) {
    text += setting_item(leaf);
    const FieldInfo& field = *leaf.field;
    if (field.kind == FieldKind::list && field.inside.front().kind == FieldKind::table)
      text += ".RS\n" + settings_text(field.inside.front().inside, "") + ".RE\n";
  }
  return text;
}

}  // namespace

std::string command_manual(const std::vector<CommandInfo>& commands, std::string_view version) {
  std::string text = title("jury", 1, version);
  text += "jury \\- train, cross\\-validate, search and combine many models on CPU clusters\n.SH SYNOPSIS\n";
  for (const CommandInfo& command : commands)
    text += fmt::format("{}.B jury {}\n{}", &command == commands.data() ? "" : ".br\n", roff(command.name),
                        command.synopsis.empty() ? "" : roff(command.synopsis) + "\n");
  text += ".SH DESCRIPTION\n" +
          prose(
              "One experiment file says which data, which model, which ensemble and which cross-validation; MPI ranks "
              "train every "
              "member of every fold; the answer, with its bias and variance, lands in one HDF5 file. The same bytes "
              "come out on any "
              "number of ranks and after any crash and resume.") +
          "\n.SH COMMANDS\n";
  for (const CommandInfo& command : commands) text += command_text(command);
  return text + ".SH FILES\n" + items(kFiles) + ".SH EXIT STATUS\n" + items(kExitCodes) + ".SH ENVIRONMENT\n" +
         items(kEnvironment) + ".SH SIGNALS\n" +
         prose("SIGINT, SIGTERM and SIGUSR1 stop a run cleanly (75); SIGUSR2 writes the results so far.") +
         "\n.SH SEE ALSO\n.BR jury\\-experiment (5),\n.BR mpirun (1),\n.BR sbatch (1)\n";
}

std::string experiment_manual(std::string_view version) {
  std::string text = title("jury-experiment", 5, version) +
                     "jury\\-experiment \\- experiment files of jury\n.SH DESCRIPTION\n" +
                     prose(
                         "An experiment is a TOML file. Every setting has a default but the data and the type of the "
                         "model. On the command line a "
                         "setting is set with -s, as in -s train.lr=0.01. Sections that are optional are absent unless "
                         "they are given; "
                         "false says so too.") +
                     "\n" +
                     as_it_is(
                         "schema = 1\n[data]\ntrain = \"wine.csv\"\ntarget = \"quality\"\n[model]\ntype = "
                         "\"mlp\"\nhidden = [64, 32]\n[ensemble]\nmembers = 25");
  const std::vector<FieldInfo> fields = fields_of<Experiment>();
  for (const FieldInfo& field : fields) {
    text += fmt::format(".SH {}\n", upper(field.key));
    text += field.kind == FieldKind::table ? prose(field.about.help) + "\n" + settings_text(field.inside, field.key)
                                           : settings_text({field}, "");
    if (field.key != "model") continue;
    text += ".SS Layers and blocks of model.layers\n" +
            prose(
                "Each is a table with type, and if wanted name, from (layers it reads), lr_factor and frozen. A last "
                "dense or conv layer may "
                "have units or channels = \"outputs\".") +
            "\n";
    for (const auto& layer : layer_settings()) {
      const std::string settings = settings_text(layer.make(), "");
      text += item(bold(layer.name), prose(layer.summary)) + (settings.empty() ? "" : ".RS\n" + settings + ".RE\n");
    }
  }
  text += ".SH DISTRIBUTIONS\n" +
          prose(
              "Of search.space and --space; behind each a condition may stand, as in uniform(0, 1) when "
              "train.optimizer == 'sgd'.") +
          "\n";
  for (const DistributionForm& form : distribution_forms())
    text += item(bold(form.name) + roff(form.arguments), prose(form.summary));
  return text + ".SH SEE ALSO\n.BR jury (1)\n";
}

}  // namespace jury
