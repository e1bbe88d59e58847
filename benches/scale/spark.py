"""Checks the shards of a corpus as a job of Spark.

    spark.py PROGRAM CORPUS SHARDS OUT

Spark takes a number for each shard, hands the numbers to its workers, and pipes each through the
program. The workers see the corpus and OUT under the same paths, as on a shared disk. The master is
$MASTER; without it, two workers with one core and 1 GiB each are started here, in processes of their
own, so that nothing is shared but the disk (`local-cluster`).
"""

import os
import shlex
import sys

import pyspark


def main(program: str, corpus: str, shards: int, out: str) -> None:
    os.environ.setdefault("SPARK_HOME", os.path.dirname(pyspark.__file__))
    configuration = (
        pyspark.SparkConf()
        .setAppName("corpuslint")
        .setMaster(os.environ.get("MASTER", "local-cluster[2,1,1024]"))
        .set("spark.ui.enabled", "false")
        .set("spark.ui.showConsoleProgress", "false")
        .set("spark.executor.memory", "512m")
    )
    context = pyspark.SparkContext(conf=configuration)
    context.setLogLevel("ERROR")
    # One task reads one number, because each has a partition of its own.
    command = (
        f"read -r shard && cd {shlex.quote(corpus)} && exec {shlex.quote(program)} check "
        f'--shard "$shard/{shards}" --facts-out {shlex.quote(out)}/"$shard".facts'
    )
    numbers = context.parallelize(range(1, shards + 1), shards)
    # A shard that fails fails its task, which Spark tries again, and in the end the job.
    numbers.pipe(shlex.join(["sh", "-c", command]), checkCode=True).count()
    context.stop()


if __name__ == "__main__":
    program, corpus, shards, out = sys.argv[1:]
    main(program, corpus, int(shards), out)
