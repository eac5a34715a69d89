"""The benchmark: Nyhetssök beside other engines, on one corpus and in one run.

`make bench` is the way in. Read in this order: `run.py` runs the whole; `corpus.py` (with
`names.py`) makes the articles and `queries.py` the questions; `peers/` holds one file an engine and
the process that each runs in; `ours.py` measures Nyhetssök through its public command; `results.py`
is what a measurement is made of, `agreement.py` compares what the engines answered, and `report.py`
turns it all into tables. `environment.py` makes the virtual environment that the peers live in,
`processes.py` starts what is measured and sees to it that nothing is left running.

Nothing here is imported by the product, and nothing here imports the product: it is measured from
outside, by its command.
"""
