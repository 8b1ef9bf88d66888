// Half of these tests' time is spent in waiting for limits of time, for models and for processes: two at once, a processor each, would idle for minutes.
[assembly: CollectionBehavior(MaxParallelThreads = 4)]
