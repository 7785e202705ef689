"""A few made-up rows under the names and in the formats of public data sets, for the examples that want those."""
import gzip
import random
import struct

ROWS = 60


def idx_images(folder, part):
    """28 x 28 pixels and ten labels, as MNIST and Fashion-MNIST come."""
    draw = random.Random(part)
    pixels = draw.randbytes(ROWS * 28 * 28)
    (folder / f"{part}-images-idx3-ubyte.gz").write_bytes(gzip.compress(struct.pack(">4i", 2051, ROWS, 28, 28) + pixels))
    labels = bytes(row % 10 for row in range(ROWS))
    (folder / f"{part}-labels-idx1-ubyte.gz").write_bytes(gzip.compress(struct.pack(">2i", 2049, ROWS) + labels))


def cifar10(folder):
    """Records of a label and 3 x 32 x 32 bytes."""
    draw = random.Random("cifar10")
    (folder / "data_batch_1.bin").write_bytes(b"".join(bytes([row % 10]) + draw.randbytes(3072) for row in range(ROWS)))


def bank_marketing(folder):
    """The columns of bank-full.csv that say something about a kind of column."""
    draw = random.Random("bank")
    lines = ['"age";"job";"balance";"month";"y"']
    for row in range(ROWS):
        job, month = draw.choice(["admin.", "management", "retired"]), draw.choice(["may", "jun", "nov"])
        lines.append(f'{draw.randint(18, 90)};"{job}";{draw.randint(-500, 5000)};"{month}";"{"yes" if row % 4 == 0 else "no"}"')
    (folder / "bank-full.csv").write_text("\n".join(lines) + "\n")


def concrete(folder):
    """Numbers between tabs, the target last."""
    draw = random.Random("concrete")
    rows = (" \t".join(f"{draw.uniform(0, 500):.1f}" for _ in range(9)) for _ in range(ROWS))
    (folder / "data.txt").write_text("\n".join(rows) + "\n")


def california_housing(folder):
    """Numbers, one of them missing, and a category."""
    draw = random.Random("california")
    lines = ["median_income,total_bedrooms,ocean_proximity,median_house_value"]
    for row in range(ROWS):
        bedrooms = "" if row == 7 else draw.randint(100, 900)
        lines.append(f"{draw.uniform(1, 9):.3f},{bedrooms},{draw.choice(['INLAND', 'NEAR BAY'])},{draw.randint(50000, 500000)}")
    (folder / "housing.csv").write_text("\n".join(lines) + "\n")


def vote(folder):
    """Nominal values, some of them missing."""
    draw = random.Random("vote")
    lines = ["@relation vote", "@attribute budget {n,y}", "@attribute immigration {n,y}", "@attribute Class {democrat,republican}", "@data"]
    lines += [f"{draw.choice('ny?')},{draw.choice('ny')},{draw.choice(['democrat', 'republican'])}" for _ in range(ROWS)]
    (folder / "vote.arff").write_text("\n".join(lines) + "\n")


def index_files(folder):
    """Two overlapping splits, in the notation of the UCI regression sets."""
    for split in range(2):
        test = range(10 * split, 10 * split + 15)
        for part, rows in (("test", test), ("train", [row for row in range(ROWS) if row not in test])):
            (folder / f"index_{part}_{split}.txt").write_text("".join(f"{row:.18e}\n" for row in rows))


def iris(folder):
    """Numbers and three classes, the target last."""
    draw = random.Random("iris")
    lines = ["@relation iris", "@attribute length real", "@attribute width real", "@attribute class {a,b,c}", "@data"]
    lines += [f"{draw.uniform(4, 8):.1f},{draw.uniform(1, 4):.1f},{'abc'[row % 3]}" for row in range(ROWS)]
    (folder / "iris.arff").write_text("\n".join(lines) + "\n")


def cancer1(folder):
    """Proben1: inputs, two outputs, and parts of its own."""
    draw = random.Random("cancer1")
    lines = ["bool_in=0", "real_in=3", "bool_out=2", "real_out=0", "training_examples=30", "validation_examples=15", "test_examples=15"]
    lines += [" ".join(f"{draw.random():.2f}" for _ in range(3)) + (" 1 0" if row % 2 else " 0 1") for row in range(ROWS)]
    (folder / "cancer1.dt").write_text("\n".join(lines) + "\n")


def parkinsons(folder):
    """Recordings of twelve people."""
    draw = random.Random("parkinsons")
    lines = ["subject#,age,motor_UPDRS,total_UPDRS,Jitter(%)"]
    lines += [f"{row % 12 + 1},{50 + row % 12},{draw.uniform(5, 40):.3f},{draw.uniform(7, 55):.3f},{draw.random():.5f}" for row in range(ROWS)]
    (folder / "parkinsons_updrs.data").write_text("\n".join(lines) + "\n")


def bike_sharing(folder):
    """Hours of twelve days, which leave a gap of one between folds."""
    draw = random.Random("bikes")
    lines = ["instant,dteday,hr,temp,casual,registered,cnt"]
    lines += [f"{hour + 1},2011-01-{hour // 24 + 1:02},{hour % 24},{draw.random():.2f},{hour % 7},{hour % 11},{hour % 7 + hour % 11}" for hour in range(5 * ROWS)]
    (folder / "hour.csv").write_text("\n".join(lines) + "\n")


def write_all(folder):
    """All of them."""
    for part in ("train", "t10k"):
        idx_images(folder, part)
    for make in (cifar10, bank_marketing, concrete, california_housing, vote, index_files, iris, cancer1,
                 parkinsons, bike_sharing):
        make(folder)
