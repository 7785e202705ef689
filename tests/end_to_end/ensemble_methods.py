"""Every method of ensembles, as settings over small.toml."""
VALUES = ["data.generator=friedman1", "ensemble.combine=[]"]
BASES = ("ensemble.base=[{model = {type = 'linear', hidden = []}}, {ensemble = {method = 'adaboost', members = 3}}, "
         "{name = 'bag', ensemble = {members = 2}}]")
# name, settings over small.toml
METHODS = {
    "none": ["ensemble.method=none", "ensemble.members=1"],
    "average": ["ensemble.method=average"],
    "bagging_blocks": ["ensemble.bootstrap=blocks", "ensemble.combine=['weighted_vote', 'trimmed_mean']"],
    "pasting": ["ensemble.method=pasting", "ensemble.samples=0.5"],
    "subspaces": ["ensemble.method=subspaces", "ensemble.features=0.4"],
    "patches": ["ensemble.method=patches", "ensemble.features=0.4", "ensemble.samples=0.6"],
    "adaboost": ["ensemble.method=adaboost", "ensemble.combine=[]"],
    "adaboost_resampling": ["ensemble.method=adaboost", "ensemble.boosting.by=resampling", "ensemble.boosting.weak=restart"],
    "adaboost_r2": ["ensemble.method=adaboost", *VALUES],
    "gradient_boosting": ["ensemble.method=gradient_boosting", "ensemble.combine=[]", "ensemble.gradient.validation=0.3",
                          "ensemble.gradient.patience=1", "ensemble.members=8", "ensemble.samples=0.7"],
    "gradient_huber": ["ensemble.method=gradient_boosting", "ensemble.gradient.loss=huber", *VALUES],
    "snapshot": ["ensemble.method=snapshot"],
    "mc_dropout": ["ensemble.method=mc_dropout"],
    "stacking": ["ensemble.method=stacking", "ensemble.members=25", "ensemble.stack.folds=2", "cv.repeats=1", "ensemble.combine=[]", BASES],
    "selection": ["ensemble.method=selection", "ensemble.members=25", "ensemble.stack.folds=2", "cv.repeats=1", BASES, *VALUES],
    "auto": ["ensemble.members=auto", "ensemble.tolerance=0.5", "ensemble.max_members=20", "train.epochs=20"],
}
