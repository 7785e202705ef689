"""Everything a user can get wrong in an experiment or its data ends in plain lines and the documented exit code."""
import gzip
import shutil
import struct
import unittest
import zlib

from jury_command import FolderTestCase, environment, expect_complaint, run

BASE = """schema = 1
[data]
train = "data.csv"
target = "y"
[model]
type = "mlp"
hidden = [4]
[train]
epochs = 1
"""
ROWS = "".join(f"{i},{i * 7 % 11},{'yes' if i * 5 % 7 < 3 else 'no'}\n" for i in range(40))
GOOD = "a,b,y\n" + ROWS
VALUES = "a,b,y\n" + "".join(f"{i},{i * 7 % 11},{i * 3 % 13 + 0.5}\n" for i in range(40))
FRIEDMAN = ("data.train=", "data.target=", "data.generator=friedman1", "data.test_rows=50", "data.rows=60")

# arguments, what standard error says
USAGE = [
    (["rum"], r"unknown command 'rum'.*did you mean 'run'"),
    (["data"], r"'jury data' needs a sub-command \(known: data info, data make, data convert\)"),
    (["data", "inof"], r"'jury data' needs a sub-command"),
    (["run", "{toml}", "--ouput", "x"], r"unknown option '--ouput' of 'jury run'.*did you mean '--output'"),
    (["run", "{toml}", "--over"], r"unknown option '--over' of 'jury run'"),
    (["run", "{toml}", "-x"], r"unknown option '-x' of 'jury run'"),
    (["run", "{toml}", "--max-time"], r"--max-time.*see 'jury run --help'"),
    (["run", "{toml}", "--max-time", "soon"], r"--max-time 'soon' is no duration.*3h50min"),
    (["run", "{toml}", "--max-time", "-5"], r"--max-time '-5' is no duration"),
    (["run", "{toml}", "--progress", "loud"], r"'loud'.*auto, bar, plain, json.*none"),
    (["run", "{toml}", "--threads", "many"], r"--threads.*see 'jury run --help'"),
    (["run", "{toml}", "--threads", "0"], r"--threads: resources\.threads = 0 is out of range \(must be in \[1, 1024\]\)"),
    (["run", "{toml}", "--json=1"], r"--json.*see 'jury run --help'"),
    (["run", "{toml}", "--resume", "--overwrite"], r"--resume and --overwrite exclude each other"),
    (["run", "{toml}", "--require", "accuracy=1"], r"--require 'accuracy=1' is no requirement.*'log_loss<=0\.3'"),
    (["run", "{toml}", "--require", "acuracy>=0"], r"--require names 'acuracy', which is not scored.*did you mean 'accuracy'"),
    (["run", "{toml}", "--require", "rmse<=1"], r"--require names 'rmse', which is not scored"),
    (["run"], r"'jury run' needs FILE \(usage: jury run FILE"),
    (["run", "{toml}", "second"], r"'jury run' does not know what to do with 'second'"),
    (["run", "absent.toml"], r"cannot read the experiment file 'absent\.toml' \(No such file or directory\)"),
    (["run", "{folder}"], r"cannot read the experiment file.*is it a folder"),
    (["run", "{data}"], r"data\.csv:1:\d+: "),
    (["validate"], r"'jury validate' needs FILE"),
    (["resume"], r"'jury resume' needs DIR"),
    (["resume", "{folder}/absent"], r"there is no run directory"),
    (["resume", "{folder}"], r"is not a run of jury"),
    (["resume", "{folder}", "-s", "train.lr=1"], r"unknown option '-s' of 'jury resume'"),
    (["show"], r"'jury show' needs DIR"),
    (["show", "{folder}/absent"], r"there is no run at"),
    (["show", "{folder}"], r"is not a run of jury"),
    (["show", "{folder}", "-f", "xml"], r"'xml' is no format \(known: table, csv, json\)"),
    (["diff", "{folder}"], r"'jury diff' needs B"),
    (["data", "info"], r"'jury data info' needs FILE"),
    (["data", "info", "{data}", "-s", "target=z"], r"data\.target names the column 'z'"),
    (["data", "info", "{data}", "-s", "taget=y"], r"unknown key 'taget'.*did you mean 'target'"),
    (["bench"], r"'jury bench' needs a sub-command \(known: bench steps, bench predict, bench tasks, bench data, bench trace\)"),
    (["bench", "steps", "13-50-2"], r"no network of the benchmarks is called '13-50-2' \(known: 13-50-2@32,"),
    (["bench", "steps", "--net", "13-50-2@32,rnn"], r"no network of the benchmarks is called 'rnn'"),
    (["bench", "steps", "--repeats", "0"], r"--repeats 0 is out of range \(must be in \[1, 10000\]\)"),
    (["bench", "steps", "--seconds", "nan"], r"--seconds nan is out of range \(must be in \(0, 3600\]\)"),
    (["bench", "predict", "64-100-10@128"], r"'jury bench predict' does not know what to do with '64-100-10@128'"),
    (["bench", "trace", "-o", "{folder}/trace"], r"'jury bench trace' needs --net"),
    (["bench", "trace", "--net", "13-50-2@32"], r"'jury bench trace' needs --output"),
    (["bench", "trace", "--net", "13-50-2@32", "-o", "{folder}/trace", "--steps", "0"], r"--steps 0 is out of range"),
    (["bench", "trace", "--net", "13-50-2@32", "-o", "{folder}/trace", "-s", "lr=x"], r"lr = \"x\" is a text"),
    (["bench", "trace", "--net", "13-50-2@32", "-o", "{folder}/trace", "-s", "speed=1"], r"unknown key 'speed'"),
    (["bench", "trace", "--net", "13-50-2@32", "-o", "{folder}/trace", "--data", "{data}"],
     r"\[13\] does not fit the samples \(.* has 2 features\)"),
    (["version", "now"], r"'jury version' does not know what to do with 'now'"),
]

# an experiment file, what standard error says (one pattern a line)
EXPERIMENTS = [
    ("[data\ntrain = 1\n", [r"bad\.toml:1:\d+: "]),
    ("[data]\ntrain = \n", [r"bad\.toml:2:\d+: "]),
    ("[data]\ntrain = 1979-05-27\n", [r"bad\.toml:2:1: a date or time is not a setting"]),
    ("a = 1\na = 2\n", [r"bad\.toml:2:\d+: "]),
    ("", [r"data\.train is missing", r"model\.type is missing \(one of linear, mlp, cnn, network"]),
    (BASE + "[search]\ntrials = 3\n", [r"search\.space is empty"]),
    (BASE.replace("target", "taget").replace("epochs = 1", "epochs = 0\nlr = 'x'"),
     [r"bad\.toml:4:1: unknown key 'data\.taget'.*did you mean 'target'",
      r"bad\.toml:9:1: train\.epochs = 0 is out of range \(must be in \[1, 10000000\]\)",
      r"bad\.toml:10:1: train\.lr = \"x\" is a text \(must be a number\)"]),
    (BASE.replace('type = "mlp"', ""), [r"bad\.toml:5:\d: model\.type is missing \(one of linear, mlp, cnn, network"]),
    (BASE.replace("[data]", "[dta]"), [r"bad\.toml:2:\d: unknown key 'dta'.*did you mean 'data'", r"data\.train is missing"]),
    (BASE.replace("schema = 1", "schema = 2"), [r"bad\.toml:1:1: schema = 2 is out of range"]),
    (BASE + "[[preprocess]]\nstep = 'imput'\n", [r"bad\.toml:11:1: preprocess\.0\.step = \"imput\" is unknown.*did you mean 'impute'"]),
    (BASE + "[[preprocess]]\n", [r"step"]),
    ("x = " + "[" * 100000, [r"bad\.toml:1:\d+: "]),
    ("x = 1\0\n", [r"bad\.toml:1:\d+: "]),
    ("x = '\udcff'\n", [r"bad\.toml:1:\d+: "]),
]

# settings over a good experiment, what standard error says
LINEAR = "{model = {type = 'linear', hidden = []}}"
SETTINGS = [
    (["train.lr"], r"--set: 'train\.lr' sets nothing \(write KEY=VALUE"),
    (["=1"], r"--set: '=1' sets nothing"),
    (["train..lr=1"], r"--set: train\.\.lr: .*empty part"),
    (["train.lr.x=1"], r"--set: "),
    (["preprocess.3.step=clip"], r"--set: "),
    (["train.lrr=1"], r"--set: unknown key 'train\.lrr'.*did you mean 'lr'"),
    (["train.lr=-1"], r"--set: train\.lr = -1 is out of range \(must be in \[0, 1000000\]\)"),
    (["train.lr=nan"], r"--set: train\.lr = nan is out of range"),
    (["train.lr=inf"], r"--set: train\.lr = inf is out of range"),
    (["train.lr=true"], r"--set: train\.lr = true is true or false \(must be a number\)"),
    (["train.epochs=1.5"], r"train\.epochs = 1\.5 is a number \(must be a whole number\)"),
    (["train.batch=99999999999"], r"train\.batch = 99999999999 is out of range"),
    (["experiment.seed=-1"], r"experiment\.seed = -1 is out of range \(must be at least 0\)"),
    (["model.hidden=64"], r"model\.hidden = 64 is a whole number \(must be a list\)"),
    (["model.hidden=[0]"], r"model\.hidden\.0 = 0 is out of range"),
    (["model.hidden=['a']"], r"model\.hidden\.0 = \"a\" is a text"),
    (["model=5"], r"model = 5 is a whole number \(must be a table\)"),
    (["model.type=mpl"], r"model\.type = \"mpl\" is unknown \(must be one of linear, mlp, cnn, network, xgboost\).*did you mean 'mlp'"),
    (["model.type=xgboost"], r"model\.hidden does not go with model\.type = \"xgboost\".*\[trees\]"),
    (["model.type=xgboost", "train.epochs=50", "train.optimizer=sgd"], r"train\.optimizer does not go with model\.type = \"xgboost\""),
    (["model.type=xgboost", "train.epochs=50", "train.early_stopping.patience=3"], r"train\.early_stopping does not go with model\.type = \"xgboost\""),
    (["trees.rounds=5"], r"trees\.rounds does not go with a network.*set model\.type = \"xgboost\""),
    (["trees.depth=31"], r"trees\.depth = 31 is out of range \(must be in \[1, 30\]\)"),
    (["trees.method=gpu_hist"], r"trees\.method = \"gpu_hist\" is unknown \(must be one of hist, exact\)"),
    (["model.type=cnn"], r"an image network needs data\.shape = \[height, width\] or \[channels, height, width\], is given 2"),
    (["model.type=network"], r"model\.layers is missing"),
    (["model.type=linear"], r"model\.hidden does not apply to a linear model"),
    (["model.batch_norm=true", "train.batch=1"], r"a batch of 1 row is too small \(batch normalisation needs at least 2"),
    (["model.freeze=['3.dens']"], r"model\.freeze names the layer '3\.dens'.*did you mean"),
    (["model.embedding=3"], r"model\.embedding needs ordinal categoricals"),
    (["train.schedule=cosin"], r"train\.schedule = \"cosin\" is unknown.*did you mean 'cosine'"),
    (["train.early_stopping.metric=valid.acuracy"], r"early_stopping\.metric = 'valid\.acuracy' is no score"),
    (["train.early_stopping.fraction=2"], r"train\.early_stopping\.fraction = 2 is out of range"),
    (["train.early_stopping.patience=3", "train.averaging.start=0.5"], r"exclude each other"),
    (["train.cutmix=1"], r"cutmix"),
    (["train.augment.flip=0.5"], r"augment"),
    (["ensemble.method=adabost"], r"ensemble\.method = \"adabost\" is unknown.*did you mean 'adaboost'"),
    (["ensemble.members=many"], r"ensemble\.members = \"many\" is a text \(must be a whole number or one of auto\)"),
    (["ensemble.members=0"], r"ensemble\.members = 0 is out of range"),
    (["ensemble.max_members=1"], r"ensemble\.max_members = 1 is out of range"),
    (["ensemble.tolerance=0"], r"ensemble\.tolerance = 0 is out of range"),
    (["ensemble.samples=1.5"], r"ensemble\.samples = 1\.5 is out of range"),
    (["ensemble.method=none", "ensemble.members=5"], r"ensemble\.members = 5 needs an ensemble"),
    (["ensemble.combine=['mode']"], r"ensemble\.combine\.0 = \"mode\" is unknown"),
    (["ensemble.method=adaboost", "ensemble.members=auto"], r"\"auto\" does not go with ensemble\.method = \"adaboost\".*use average, bagging"),
    (["ensemble.method=average", "ensemble.members=auto"], r"no rows to settle the final ensemble by \(give a test set, or bags\)"),
    (["ensemble.method=subspaces"], r"\"subspaces\" needs ensemble\.features below 1"),
    (["ensemble.method=patches"], r"\"patches\" needs ensemble\.features below 1"),
    (["ensemble.method=pasting"], r"\"pasting\" needs ensemble\.samples below 1"),
    (["ensemble.method=adaboost", "ensemble.features=0.5"], r"ensemble\.features below 1 does not go with ensemble\.method = \"adaboost\""),
    (["ensemble.features=0.5", "model.type=network", "data.shape=[1,2]", "model.layers=[{type = 'flatten'}]"],
     r"ensemble\.features below 1 does not go with model\.type = \"network\""),
    (["ensemble.bootstrap=groups"], r"ensemble\.bootstrap = \"groups\" needs data\.group.*name the column"),
    (["ensemble.method=pasting", "ensemble.samples=0.5", "ensemble.bootstrap=blocks"], r"\"blocks\" does not go with ensemble\.method = \"pasting\""),
    ([*FRIEDMAN, "ensemble.bootstrap=balanced"], r"ensemble\.bootstrap = \"balanced\" needs classes"),
    (["ensemble.method=average", "ensemble.samples=0.5"], r"ensemble\.samples below 1 does not go with ensemble\.method = \"average\".*use bagging, pasting"),
    (["ensemble.method=adaboost", "ensemble.stratify=false"], r"ensemble\.stratify = false does not go with ensemble\.method = \"adaboost\""),
    (["ensemble.block=5"], r"ensemble\.block does not go with ensemble\.bootstrap = \"rows\""),
    (["ensemble.method=stacking", "ensemble.samples=0.5", f"ensemble.base=[{LINEAR}]"], r"ensemble\.samples below 1 does not go with ensemble\.method = \"stacking\".*set it in a base"),
    (["ensemble.method=stacking", "ensemble.base=[{ensemble = {method = 'average', samples = 0.5}}]"], r"ensemble\.base\.0.*ensemble\.samples below 1 does not go with"),
    (["ensemble.bootstrap=row"], r"ensemble\.bootstrap = \"row\" is unknown"),
    (["ensemble.weights=oob", "ensemble.method=average"], r"ensemble\.weights = \"oob\" needs members with rows out of their bags"),
    (["ensemble.weights=valid"], r"ensemble\.weights = \"valid\" needs rows that are held out \(give train\.early_stopping\)"),
    (["ensemble.weights=oob", "ensemble.method=adaboost"], r"ensemble\.weights does not go with ensemble\.method = \"adaboost\""),
    (["ensemble.combine=['weighted_median']"], r"ensemble\.combine starts with weighted_median \(which is for values\)"),
    (["ensemble.combine=['sum']"], r"ensemble\.combine\.0 = \"sum\" is unknown"),
    (["ensemble.trim=0.5"], r"ensemble\.trim = 0\.5 is out of range"),
    (["ensemble.method=adaboost", "ensemble.boosting.algorithm=r2"], r"\"r2\" is for values \(the target has classes\)"),
    ([*FRIEDMAN, "ensemble.method=adaboost", "ensemble.boosting.algorithm=samme"], r"\"samme\" is for classes \(the targets are numbers\)"),
    ([*FRIEDMAN, "ensemble.method=adaboost", "ensemble.boosting.weak=restart"], r"\"restart\" does not go with algorithm \"r2\""),
    (["ensemble.method=adaboost", "ensemble.boosting.by=drawing"], r"ensemble\.boosting\.by = \"drawing\" is unknown"),
    (["ensemble.method=adaboost", "ensemble.boosting.loss=cubic"], r"ensemble\.boosting\.loss = \"cubic\" is unknown"),
    (["ensemble.method=gradient_boosting", "train.loss=cross_entropy"], r"train\.loss does not go with .*set ensemble\.gradient\.loss"),
    (["ensemble.method=gradient_boosting", "model.output=softmax"], r"model\.output does not go with .*leave it out"),
    (["ensemble.method=gradient_boosting", "ensemble.combine=['mean']"], r"ensemble\.combine does not go with .*its rounds are added up"),
    (["ensemble.method=gradient_boosting", "ensemble.gradient.loss=huber"], r"gradient\.loss = 'huber' is for regression"),
    ([*FRIEDMAN, "ensemble.method=gradient_boosting", "ensemble.gradient.loss=softmax"], r"gradient\.loss = 'softmax' is for classification"),
    (["ensemble.method=gradient_boosting", "ensemble.gradient.learning_rate=0"], r"learning_rate = 0 is out of range"),
    (["ensemble.method=gradient_boosting", "ensemble.gradient.validation=1"], r"validation = 1 is out of range"),
    (["ensemble.method=gradient_boosting", "ensemble.gradient.patience=0"], r"patience = 0 is out of range"),
    (["ensemble.method=gradient_boosting", "ensemble.gradient.quantile=2"], r"quantile = 2 is out of range"),
    (["ensemble.method=snapshot", "train.schedule=step"], r"train\.schedule = \"step\" does not go with ensemble\.method = \"snapshot\""),
    (["ensemble.method=mc_dropout"], r"\"mc_dropout\" needs a network that drops units \(set model\.dropout"),
    (["ensemble.method=stacking"], r"\"stacking\" has no bases to join \(write \[\[ensemble\.base\]\] for each\)"),
    (["ensemble.method=stacking", "ensemble.base=5"], r"ensemble\.base must be a list of tables"),
    (["ensemble.method=stacking", "ensemble.base=[]"], r"ensemble\.base must be a list of tables"),
    (["ensemble.method=stacking", "ensemble.base=[5]"], r"ensemble\.base\.0 .*table"),
    (["ensemble.method=bagging", f"ensemble.base=[{LINEAR}]"], r"ensemble\.base does not go with ensemble\.method = \"bagging\""),
    (["ensemble.method=stacking", "ensemble.base=[{model = {tpye = 'mlp'}}]"], r"unknown key 'ensemble\.base\.0\.model\.tpye'.*did you mean 'type'"),
    (["ensemble.method=stacking", "ensemble.base=[{train = {epochs = 0}}]"], r"ensemble\.base\.0\.train\.epochs = 0 is out of range"),
    (["ensemble.method=stacking", "ensemble.base=[{ensemble = {method = 'selection'}}]"], r"ensemble\.base\.0\.ensemble\.method = \"selection\" would be a stack in a stack"),
    (["ensemble.method=stacking", "ensemble.base=[{ensemble = {method = 'none', members = 3}}]"], r"ensemble\.base\.0\.ensemble\.members needs an ensemble"),
    (["ensemble.method=stacking", "ensemble.base=[{ensemble = {method = 'pasting'}}]"], r"ensemble\.base\.0.*\"pasting\" needs ensemble\.samples below 1"),
    (["ensemble.method=stacking", "ensemble.members=3", f"ensemble.base=[{LINEAR}]"], r"ensemble\.members does not go with ensemble\.method = \"stacking\""),
    (["ensemble.method=stacking", "ensemble.weights=equal", f"ensemble.base=[{LINEAR}]"], r"ensemble\.weights does not go with"),
    (["ensemble.method=stacking", "ensemble.stack.folds=1", f"ensemble.base=[{LINEAR}]"], r"ensemble\.stack\.folds = 1 is out of range"),
    (["ensemble.method=stacking", "ensemble.stack.folds=33", f"ensemble.base=[{LINEAR}]"], r"ensemble\.stack\.folds = 33 does not fit 32 training rows"),
    (["ensemble.method=stacking", "ensemble.stack.meta=nnsl", f"ensemble.base=[{LINEAR}]"], r"ensemble\.stack\.meta = \"nnsl\" is unknown.*did you mean 'nnls'"),
    ([*FRIEDMAN, "ensemble.method=stacking", "ensemble.stack.meta=logistic", f"ensemble.base=[{LINEAR}]"], r"stack\.meta = \"logistic\" does not apply to regression"),
    ([*FRIEDMAN, "ensemble.method=stacking", "train.loss=quantile", f"ensemble.base=[{LINEAR}]"], r"\"stacking\" does not apply to quantiles.*selection"),
    ([*FRIEDMAN, "ensemble.method=stacking", "ensemble.base=[{}, {train = {loss = 'quantile'}}]"], r"do not predict the same kind of thing"),
    ([*FRIEDMAN, "ensemble.method=selection", "ensemble.base=[{ensemble = {method = 'average', combine = ['vote']}}]"],
     r"ensemble\.base\.0.*combine starts with vote"),
    (["cv.method=group_kfold"], r"cv\.method = \"group_kfold\" has no groups to keep whole"),
    (["cv.gap=2"], r"cv\.gap does not go with cv\.method = \"auto\""),
    (["cv.outer_folds=3"], r"cv\.outer_folds has no search to go around"),
    (["cv.folds=1"], r"cv\.folds = 1 is out of range \(must be in \[2, "),
    (["cv.metrics=['acuracy']"], r"cv\.metrics.*'acuracy'.*did you mean 'accuracy'"),
    (["cv.metrics=['rmse']"], r"'rmse' does not apply"),
    (["cv.folds=41", "cv.method=kfold"], r"cv\.folds = 41 does not fit 40 samples"),
    (["cv.folds=30"], r"class '\w+' has \d+ samples for cv\.folds = 30.*use fewer folds or cv\.method = \"kfold\""),
    (["cv.method=kfold", "cv.shuffle=false", "cv.repeats=2"], r"cv\.repeats = 2 would repeat the same folds"),
    (["cv.method=holdout", "cv.fraction=0.001"], r"cv\.fraction = 0\.001 of 40 samples leaves none to test on"),
    (["search.trials=5"], r"search\.space is empty"),
    (["budget.per_task=-1"], r"budget\.per_task = -1"),
    (["budget.time=soon"], r"budget\.time = \"soon\" is no duration"),
    (["output.predictions=all"], r"output\.predictions = \"all\" is unknown \(must be one of none, mean, members\)"),
    (["experiment.name=../../evil"], r"experiment\.name = \"\.\./\.\./evil\" is no name for a folder"),
    (["experiment.name=-rf"], r"experiment\.name = \"-rf\" is no name for a folder"),
    (["experiment.name=$(id)"], r"experiment\.name = \"\$\(id\)\" is no name for a folder"),
    (["experiment.name="], r"experiment\.name = \"\" is no name for a folder"),
    (["experiment.name=" + "n" * 300], r"is no name for a folder"),
    (["experiment.name=a\x1b[31m"], r"experiment\.name = \"a\\u001b\[31m\" is no name for a folder"),
    (["data.target=yy"], r"data\.target names the column 'yy' \(.*data\.csv has 3 columns.*did you mean 'y'"),
    (["data.target=7"], r"data\.target"),
    (["data.features=['a','y']"], r"'y' \(it is in data\.\w+ already\)"),
    (["data.ignore=['q']"], r"data\.ignore names the column 'q'"),
    (["data.weight=a", "data.features=['a']"], r"'a' \(it is in data\.\w+ already\)"),
    (["data.format=xls"], r"data\.format = \"xls\" is unknown \(must be one of auto, csv"),
    (["data.shape=[3,3]"], r"data\.shape = \[3, 3\] does not fit the samples \(.*2 features\)"),
    (["data.test_fraction=0.2", "data.test_slice=0:5"], r"exclude each other"),
    (["data.test_slice=5"], r"data\.test_slice = 5 is a whole number \(must be a text\)"),
    (["data.test_slice='0-5'"], r"data\.test_slice = \"0-5\" .*write \"first:end\""),
    (["data.generator=friedman1"], r"data\.generator and data\.train exclude each other"),
    (["data.generator=freidman1", "data.train="], r"data\.generator = \"freidman1\" is unknown.*did you mean 'friedman1'"),
    (["bias_variance.replicates=3"], r"\[bias_variance\] needs a test set"),
    (["data.test_fraction=0.2", "bias_variance.replicates=1"], r"bias_variance\.replicates = 1 is out of range"),
    (["data.test_fraction=0.2", "bias_variance.sources=['seed']"], r"bias_variance\.sources\.0 = \"seed\" is unknown"),
    (["data.train=", "data.target=", "data.generator=twonorm", "data.test_rows=0"], r"nothing would be scored"),
    ([*FRIEDMAN, "ensemble.members=2", "ensemble.combine=['vote']"], r"vote.*(class|number)"),
    ([*FRIEDMAN, "cv.metrics=['accuracy']"], r"'accuracy' does not apply"),
    ([*FRIEDMAN, "train.loss=cross_entropy"], r"cross_entropy"),
    (["train.loss=poisson"], r"poisson"),
]


def idx(shape, data=b""):
    return struct.pack(f">BBBB{len(shape)}I", 0, 0, 8, len(shape), *shape) + data


def npy(shape, data=b"", descr="<f8"):
    header = f"{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}".encode().ljust(117) + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + data


def gzip_bomb(num_bytes):
    """Zeros, packed a thousand times smaller, in a fraction of a second."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    block = bytes(1 << 20)
    one = packer.compress(block) + packer.flush(zlib.Z_FULL_FLUSH)
    again = packer.compress(block) + packer.flush(zlib.Z_FULL_FLUSH)
    return one + again * (num_bytes >> 20)


def arff(rows):
    return "@relation r\n@attribute a numeric\n@attribute y {p, q}\n@data\n" + rows


# name and content of the data file, settings, exit code, what standard error says
IMAGES = idx((4, 2, 2), bytes(16))
DATA = [
    ("data.csv", None, [], 3, r"data\.csv' cannot be read \(No such file or directory\)"),
    ("data.csv", "", [], 3, r"data\.csv: is empty"),
    ("data.csv", "a,b,y\n", [], 3, r"data\.csv: has no rows"),
    ("data.csv", GOOD + "1,2\n", [], 3, r"data\.csv:42: has 2 cells \(the first line has 3\)"),
    ("data.csv", GOOD + "1,2,yes,4\n", [], 3, r"data\.csv:42: has 4 cells"),
    ("data.csv", GOOD + '1,"2,yes\n', [], 3, r"data\.csv:42: a quote has no end"),
    ("data.csv", GOOD + "a,b,y\n", [], 3, r"data\.csv:42: 'a' in column 'a' is no number"),
    ("data.csv", "a,b,y\n" + ROWS * 60 + "1,oops,yes\n", [], 3, r"data\.csv:2402: .*'oops' in column 'b'"),
    ("data.csv", VALUES + "1,2,nan\n", [], 3, r"data\.csv:42: the target 'y' is missing or NaN"),
    ("data.csv", VALUES + "1,2,\n", [], 3, r"data\.csv:42: the target 'y' is missing or NaN"),
    ("data.csv", VALUES + "1,2,inf\n", [], 3, r"data\.csv:42: 'inf' in column 'y' is not finite"),
    ("data.csv", VALUES + "1,1e300,2\n", [], 3, r"data\.csv:42: column 'b' is beyond the range of 32-bit"),
    ("data.csv", "a,b,y\n" + ROWS.replace("no", "yes"), [], 3, r"data\.csv: the target 'y' has one class only in the training rows, 'yes'"),
    ("data.csv", "a,b,y\n" + "".join(f"1,2,{'yes' if i % 2 else 'no'}\n" for i in range(40)), [], 3, r"no features to learn from"),
    ("data.csv", "a,a,y\n" + ROWS, [], 3, r"data\.csv:1: two columns have the name 'a'"),
    ("data.csv", GOOD + "1,2,rare\n", [], 2, r"class 'rare' has 1 sample for cv\.folds = 5"),
    ("data.csv", "a,b,y\n1,2,yes\n", [], 3, r"data\.csv: has no features to learn from"),
    ("data.csv", GOOD, ["data.target=a", "data.weight=y"], 3, r"data\.csv:2: 'yes' in column 'y' is no number"),
    ("data.csv", GOOD, ["data.task=regression"], 3, r"data\.csv:2: 'yes' in column 'y' is no number"),
    ("data.csv", GOOD, ["data.test_slice=0:40"], 3, r"data\.csv: leaves 0 rows for training"),
    ("data.csv", bytes(range(256)) * 20, [], 3, r"data\.csv: is no text \(it holds zero bytes\)"),
    ("data.csv", b"\xff\xfe" + GOOD.encode("utf-16-le"), [], 3, r"data\.csv: is UTF-16 text"),
    ("data.xyz", GOOD, [], 3, r"data\.xyz: the format cannot be told from the name \(known: csv,.*set data\.format"),
    ("data.csv.gz", gzip.compress(GOOD.encode())[:-30], [], 3, r"data\.csv\.gz: is no sound gzip file"),
    ("data.csv.gz", GOOD, [], 3, r"data\.csv\.gz: is no sound gzip file"),
    ("data.csv.gz", gzip.compress(GOOD.encode())[:-6] + b"xxxxxx", [], 3, r"data\.csv\.gz: is no sound gzip file"),
    ("data.csv.gz", gzip_bomb(2 << 30), [], 3, r"data\.csv\.gz: unpacks to more than .*unpack it yourself"),
    ("data.arff", arff("1,p\n{0 1, 1 q}\n"), [], 3, r"data\.arff:6: is a sparse row \(sparse ARFF is not read\)"),
    ("data.arff", arff("1,p\n2,r\n"), [], 3, r"data\.arff:6: 'r' is no declared value of attribute 'y'"),
    ("data.arff", arff("1,p\nx,q\n"), [], 3, r"data\.arff:6: 'x' in column 'a' is no finite number"),
    ("data.arff", arff("1,p\n2\n"), [], 3, r"data\.arff:6: has 1 cell \(2 attributes declared\)"),
    ("data.arff", arff(""), [], 3, r"data\.arff: has no rows behind @data"),
    ("data.arff", "hello\n", [], 3, r"data\.arff:1: is neither @relation nor @attribute nor @data"),
    ("data.npy", b"\x93NUMPY\x01\x00\xff\xff{", ["data.target=0"], 3, r"data\.npy: is no NumPy array"),
    ("data.npy", b"\x93NUMPY\x01\x00\xff\xff{'descr': '<f8'}", ["data.target=0"], 3, r"data\.npy: its NumPy header ends early"),
    ("data.npy", npy((10**14, 1000)), ["data.target=0"], 3, r"data\.npy: declares 800000000000000000 bytes of data \(there are 0\)"),
    ("data.npy", npy((-4, 2)), ["data.target=0"], 3, r"data\.npy: its NumPy header has the shape"),
    ("data.npy", npy((4, 2), bytes(8)), ["data.target=0"], 3, r"data\.npy: declares 64 bytes of data \(there are 8\)"),
    ("data.npy", npy((4, 2), bytes(64), "|O8"), ["data.target=0"], 3, r"data\.npy: holds 'O8'"),
    ("data.npz", b"PK\x05\x06" + b"\xff" * 18, ["data.target=0"], 3, r"data\.npz: is no sound zip archive"),
    ("data.libsvm", "1 1:2 99999999999:3\n", ["data.target="], 3, r"data\.libsvm:1: '99999999999:3' has no whole number"),
    ("data.libsvm", "1 1:2\n0 1:x\n", ["data.target="], 3, r"data\.libsvm:2: '1:x' is no finite number"),
    ("data.dt", "bool_in=99999999\n", ["data.target="], 3, r"data\.dt:1: must be \"real_in=<number>\""),
    ("train-images-idx3-ubyte", b"\0\0\x08", ["data.target="], 3, r"is no IDX file"),
    ("train-images-idx3-ubyte", idx((4, 2, 2)), ["data.target="], 3, r"train-images-idx3-ubyte: declares 16 bytes of data \(there are 0\)"),
    ("train-images-idx3-ubyte", idx((2**32 - 1,) * 3), ["data.target="], 3, r"train-images-idx3-ubyte: declares a shape no file can hold"),
    ("train-images-idx3-ubyte", b"\0\0\x08\xff" + bytes(8), ["data.target="], 3, r"its IDX header ends early"),
    ("train-images-idx3-ubyte", IMAGES, ["data.target="], 3, r"its labels are missing \(looked for '.*train-labels-idx1-ubyte'"),
    ("samples.idx", IMAGES, ["data.target="], 3, r"its labels cannot be found"),
]


def set_words(settings):
    return [word for setting in settings for word in ("-s", setting)]


class BadInput(FolderTestCase):
    def write(self, name, content):
        if content is not None:
            (self.folder / name).write_bytes(content if isinstance(content, bytes) else content.encode(errors="surrogateescape"))
        return self.folder / name

    def expect(self, arguments, code, *messages, env=None, ranks=None):
        """The command ends with that code and these lines, and leaves nothing behind."""
        before = sorted(self.folder.iterdir())
        expect_complaint(self, run(*arguments, env=env, ranks=ranks), code, *messages)
        self.assertEqual(before, sorted(self.folder.iterdir()), "something was left behind")

    def run_arguments(self, *settings):
        shutil.rmtree(self.folder / "run", ignore_errors=True)
        return ["run", self.folder / "good.toml", "-o", self.folder / "run", *set_words(settings)]

    def validate_arguments(self, *settings):
        shutil.rmtree(self.folder / "run", ignore_errors=True)
        return ["validate", self.folder / "good.toml", *set_words(settings)]

    def write_good(self):
        self.write("data.csv", GOOD)
        return self.write("good.toml", BASE)

    def test_no_arguments_show_the_commands(self):
        done = run()
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assertIn("Commands:", done.stderr)

    def test_wrong_usage_says_what_is_right(self):
        names = {"toml": self.write_good(), "data": self.folder / "data.csv", "folder": self.folder}
        for words, message in USAGE:
            arguments = [word.format(**names) for word in words]
            with self.subTest(arguments=words):
                output = ["-o", self.folder / "run"] if words[0] == "run" and "--ouput" not in words else []
                self.expect([*arguments, *output], 2, message)

    def test_every_problem_of_an_experiment_is_named_with_its_place(self):
        self.write("data.csv", GOOD)
        for text, messages in EXPERIMENTS:
            file = self.write("bad.toml", text)
            for command in (["run", file, "-o", self.folder / "run"], ["validate", file]):
                with self.subTest(command=command[0], text=text[:300]):
                    self.expect(command, 2, *messages)

    def test_settings_that_make_no_sense_are_refused(self):
        self.write_good()
        for settings, message in SETTINGS:
            with self.subTest(settings=settings):
                self.expect(self.run_arguments(*settings), 2, message)
            with self.subTest(settings=settings, command="validate"):
                self.expect(self.validate_arguments(*settings), 2, message)

    def test_mistakes_in_the_environment_name_it(self):
        self.write_good()
        for value, message in (("train.lr", r"JURY_SET: 'train\.lr' sets nothing"),
                               ("train.lr=-1", r"JURY_SET: train\.lr = -1 is out of range"),
                               ("train.lrr=1", r"JURY_SET: unknown key 'train\.lrr'")):
            with self.subTest(JURY_SET=value):
                self.expect(self.run_arguments(), 2, message, env=environment(JURY_SET=value))

    def test_bad_data_are_named_with_their_place(self):
        for name, content, settings, code, message in DATA:
            with self.subTest(name=name, settings=settings, message=message):
                file, toml = self.write(name, content), self.write("good.toml", BASE)
                self.expect(self.run_arguments(f"data.train={file}", *settings), code, message)
                toml.unlink()
                file.unlink(missing_ok=True)

    def test_labels_must_be_as_many_as_images(self):
        self.write("good.toml", BASE)
        images = self.write("train-images-idx3-ubyte", IMAGES)
        self.write("train-labels-idx1-ubyte", idx((3,), bytes(3)))
        self.expect(self.run_arguments(f"data.train={images}", "data.target="), 3, r"has 3 labels \(there are 4 images\)")

    def test_a_test_file_must_suit_the_training_file(self):
        self.write_good()
        for text, message in (("a,y\n1,yes\n", r"test\.csv: lacks the column 'b'"),
                              ("a,b,y\n1,2,maybe\n", r"test\.csv:2: the class 'maybe' does not occur in the training file"),
                              ("a,b,y\n1,x,yes\n", r"test\.csv:2: 'x' in column 'b' is no number")):
            with self.subTest(text=text):
                test = self.write("test.csv", text)
                self.expect(self.run_arguments(f"data.test={test}"), 3, message)

    def test_what_can_be_mended_is_a_warning(self):
        rows = "".join(f"{line},5\n" for line in ROWS.splitlines())
        self.write("data.csv", "a,b,y,same\n" + rows + rows)
        self.write("good.toml", BASE)
        done = run(*self.run_arguments(), "--progress", "none")
        expect_complaint(self, done, 0, r"1 column with one value in all rows left out: same",
                         r"\d+ rows are equal in all features to a row of another fold")
        self.assertTrue((self.folder / "run" / "results.h5").exists())

    def test_ranks_say_it_once_and_pass_the_exit_code(self):
        self.write_good()
        for setting, code, message in (("train.lr=-1", 2, r"train\.lr = -1 is out of range"),
                                       ("data.train=absent.csv", 3, r"absent\.csv' cannot be read"),
                                       ("cv.folds=30", 2, r"for cv\.folds = 30")):
            with self.subTest(setting=setting):
                done = run(*self.run_arguments(setting), ranks=2)
                self.assertEqual(done.returncode, code, done.stderr)
                own = [line for line in done.stderr.splitlines() if line.startswith("jury: ")]
                self.assertEqual(len(own), 1, done.stderr)
                self.assertRegex(own[0], message)
                self.assertFalse((self.folder / "run").exists())


if __name__ == "__main__":
    unittest.main()
