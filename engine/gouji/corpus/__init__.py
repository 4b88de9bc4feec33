"""Many reports: a corpus is read in batches by workers that can be lost, and becomes a data set of Parquet parts.

`walk` finds the inputs, `batches` cuts them, `worker` is the process that reads and checks a batch, `crew` keeps such
processes, `dataset` says what the parts hold, `store` where they lie, `run` and `scheduler` drive the whole,
`between` compares the reports with one another, `summary` and `page` tell what came of it. `sample` composes corpora.
"""
