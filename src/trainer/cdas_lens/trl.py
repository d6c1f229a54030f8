"""CDAS and curation for TRL's GRPOTrainer.

    from cdas_lens.trl import CuratedGRPOTrainer
    trainer = CuratedGRPOTrainer(model=…, reward_funcs=…, args=…, train_dataset=…, cdas={"dir": "/path/to/.cdas"})

or, for a trainer class of your own, `curated(MyTrainer)`. TRL is imported when CuratedGRPOTrainer is asked for.
"""

from __future__ import annotations

import inspect
import json
import logging
import os
from typing import Any, Dict, Mapping, NamedTuple, Optional

from cdas_lens.checkpoints import write_state
from cdas_lens.chooser import BatchChooser, Scored
from cdas_lens.curation import Curation
from cdas_lens.matching import DatasetIndex
from cdas_lens.ranks import gathered, rank
from cdas_lens.rollouts import step_writer
from cdas_lens.strategy_settings import own_strategy
from cdas_lens.trl_rewards import ROW_COLUMN, RewardRecorder, RewardRules
from cdas_lens.trl_sampler import BatchQueue, Shape

STATE_FILE = "cdas_lens.json"

_IDENTITY_COLUMNS = (
    "prompt", "question", "problem", "messages", "reward_model", "answer", "solution", "ground_truth", "id",
    "problem_id", "extra_info", "difficulty",
)

_log = logging.getLogger(__name__)


class Options(NamedTuple):
    """The settings of `cdas={…}`.

    `dir`: the curation directory (default: CDAS_LENS_DIR, else ./.cdas); `run`: the run's name in receipts;
    `strategy`, `mode`, `seed`: instead of what sampler.json says; `correct_by`: the name of the reward function that says what
    is correct (default: the first), `correct_threshold`: from which value; `answer_column`: the dataset column that a
    relabel overwrites; `rollouts`: where the neutral log goes (default: rollouts in the output directory), "" for none;
    `log`: "rollouts", or "groups" for a log without texts.
    """

    dir: Optional[str] = None
    run: Optional[str] = None
    strategy: Optional[str] = None
    mode: Optional[str] = None
    seed: Optional[int] = None
    correct_by: Optional[str] = None
    correct_threshold: float = 1.0
    answer_column: Optional[str] = None
    rollouts: Optional[str] = None
    log: Optional[str] = None


class Session:
    """All that one curated trainer holds."""

    def __init__(self, trainer: Any, recorder: RewardRecorder, options: Options):
        args = trainer.args
        self.recorder = recorder
        directory = os.path.abspath(os.path.expanduser(options.dir or os.environ.get("CDAS_LENS_DIR") or ".cdas"))
        run = options.run or getattr(args, "run_name", None) or os.path.basename(os.path.abspath(args.output_dir))
        curation = Curation(directory, recorder.index, "trl", str(run))
        shape = _shape(len(recorder.index), args)
        if shape.batches == 0:
            _log.error("the training set has %d rows and a generation batch takes %d prompts, so TRL trains nothing: use "
                       "more rows, a smaller generation_batch_size or more num_generations", shape.rows, shape.prompts)
        own = own_strategy(options.strategy, options.mode, options.seed)
        chooser = BatchChooser(curation, shape.prompts, int(args.seed), own)
        self.queue = BatchQueue(chooser, shape)
        recorder.scored_under = self.queue.scored_under
        recorder.weights = [float(each) for each in getattr(args, "reward_weights", None) or []]
        recorder.eos_token_id = getattr(getattr(trainer, "processing_class", None), "eos_token_id", None)
        if getattr(args, "remove_unused_columns", False):
            _log.error("remove_unused_columns=True hides the problem ids from CDAS: set it to False")
        target = os.path.join(args.output_dir, "rollouts") if options.rollouts is None else options.rollouts
        self._writer = step_writer(target, options.log) if target and rank() == 0 else None

    def step_ended(self, step: int) -> None:
        """Takes in what was scored in a step and logs it; every process of the job calls it after every step."""
        self.queue.trained_step = step
        rollouts = gathered(self.recorder.take())
        if rank() != 0:
            return
        trained = [each for each in rollouts if each["split"] == "train"]
        self.queue.chooser.observe(Scored(each["problem_id"], each["correct"], each["scored_against"]) for each in trained)
        if self._writer is not None:
            self._writer.write_step({name: value for name, value in each.items() if name != "scored_against"}
                                    for each in rollouts)

    def save(self, checkpoint: str) -> None:
        """Puts the state beside the checkpoint of the step that was trained last."""
        if not os.path.isdir(checkpoint):
            return
        path = os.path.join(checkpoint, STATE_FILE)
        try:
            write_state(path, self.queue.state_dict())
        except Exception:
            _log.exception("%s could not be written; a run resumed from this checkpoint starts with no difficulties", path)

    def begin(self, checkpoint: Optional[str], skips: bool) -> None:
        """Starts a training run, at a checkpoint if there is one."""
        if checkpoint is None:
            self.queue.start(0)
            return
        state = _read_json(os.path.join(checkpoint, STATE_FILE))
        trainer_state = _read_json(os.path.join(checkpoint, "trainer_state.json")) or {}
        if state is None:
            _log.warning("%s has no %s: difficulties start from scratch", checkpoint, STATE_FILE)
        self.queue.start(int(trainer_state.get("global_step", 0)), state, skips)


def _shape(rows: int, args: Any) -> Shape:
    generations = int(args.num_generations)
    return Shape(
        rows=rows,
        prompts=max(1, int(args.generation_batch_size) // generations),
        generations=generations,
        repeats=int(args.num_iterations) * int(args.steps_per_generation),
        accumulation=int(args.gradient_accumulation_steps),
    )


def _read_json(path: str) -> Optional[Dict[str, Any]]:
    try:
        with open(path, encoding="utf-8") as stream:
            found = json.load(stream)
        return found if isinstance(found, dict) else None
    except (OSError, ValueError):
        return None


class CuratedTrainerMixin:
    """Goes before TRL's GRPOTrainer (or a subclass) among the bases of a trainer class; adds the argument `cdas`."""

    def __init__(self, *args: Any, cdas: Optional[Mapping[str, Any]] = None, **kwargs: Any):
        options = Options(**(cdas or {}))
        given = inspect.signature(super().__init__).bind(*args, **kwargs)
        recorder = _recorder(given.arguments.get("train_dataset"), options)
        self._cdas: Optional[Session] = None
        if recorder is None:
            super().__init__(*args, **kwargs)
            return
        dataset = given.arguments["train_dataset"]
        if ROW_COLUMN in dataset.column_names:
            dataset = dataset.remove_columns(ROW_COLUMN)
        given.arguments["train_dataset"] = dataset.add_column(ROW_COLUMN, list(range(len(dataset))))
        given.arguments["reward_funcs"] = _wrapped(given.arguments.get("reward_funcs"), recorder)
        super().__init__(*given.args, **given.kwargs)
        self._cdas = Session(self, recorder, options)
        self.add_callback(_callback_class()(self._cdas))

    def _get_train_sampler(self, dataset: Any = None) -> Any:
        rows = self.train_dataset if dataset is None else dataset
        if self._cdas is None:
            return super()._get_train_sampler(dataset)
        if len(rows) != len(self._cdas.recorder.index):
            _log.error("the training set was changed after the trainer was built: it is not curated")
            return super()._get_train_sampler(dataset)
        return self._cdas.queue.epochs()

    def train(self, resume_from_checkpoint: Any = None, *args: Any, **kwargs: Any) -> Any:
        """As the base class; takes up the sampler's state where training resumes."""
        if self._cdas is not None:
            checkpoint = resume_from_checkpoint or None
            if checkpoint is True:
                from transformers.trainer_utils import get_last_checkpoint

                checkpoint = get_last_checkpoint(self.args.output_dir)
            self._cdas.begin(checkpoint, not self.args.ignore_data_skip)
        return super().train(resume_from_checkpoint, *args, **kwargs)


def _recorder(dataset: Any, options: Options) -> Optional[RewardRecorder]:
    if dataset is None or not hasattr(dataset, "__len__") or not hasattr(dataset, "add_column"):
        _log.error("only a map-style training set can be curated (datasets.Dataset); training continues without CDAS")
        return None
    rows = dataset
    names = getattr(dataset, "column_names", None)
    if names is not None and hasattr(dataset, "select_columns"):
        rows = dataset.select_columns([name for name in names if name in _IDENTITY_COLUMNS])
    rules = RewardRules(options.correct_by, options.correct_threshold, options.answer_column)
    return RewardRecorder(DatasetIndex.of_rows(rows), rules)


def _wrapped(functions: Any, recorder: RewardRecorder) -> Any:
    """The reward functions with ours around them; reward models are left as they are and not seen."""
    if functions is None:
        return None
    listed = functions if isinstance(functions, list) else [functions]
    seen = [_is_function(each) for each in listed]
    if not all(seen):
        _log.warning("%d reward models are not seen by CDAS: pass rates and logged rewards come from the functions",
                     len(seen) - sum(seen))
    wrapped = [recorder.wrap(each, place) if plain else each for place, (each, plain) in enumerate(zip(listed, seen))]
    recorder.check()
    return wrapped


def _is_function(reward: Any) -> bool:
    return callable(reward) and not hasattr(reward, "forward")


def _callback_class() -> type:
    from transformers import TrainerCallback

    class CdasCallback(TrainerCallback):
        """Tells the session when a step ended and when a checkpoint was written."""

        def __init__(self, session: Session):
            self._session = session

        def on_step_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
            self._session.step_ended(state.global_step)

        def on_evaluate(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
            self._session.step_ended(state.global_step)

        def on_save(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
            if state.is_world_process_zero:
                self._session.save(os.path.join(args.output_dir, f"checkpoint-{state.global_step}"))

    return CdasCallback


def curated(base: type) -> type:
    """A trainer class that behaves as `base`, TRL's GRPOTrainer or a subclass, and obeys the decisions."""
    return type(f"Curated{base.__name__}", (CuratedTrainerMixin, base), {"__module__": base.__module__})


def __getattr__(name: str) -> Any:
    if name != "CuratedGRPOTrainer":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from trl import GRPOTrainer

    built = globals()[name] = type(name, (CuratedTrainerMixin, GRPOTrainer), {"__module__": __name__})
    return built
