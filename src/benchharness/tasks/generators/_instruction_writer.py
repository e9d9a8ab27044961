"""Writes an example answer that follows given instructions, and so proves that they can be followed together."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random

from benchharness.records import Language
from benchharness.tasks.generators._instruction_features import Features, Wants, draw_count
from benchharness.tasks.generators._instruction_topics import Side
from benchharness.tasks.generators._instruction_verse import VERSE, write_data, write_verse
from benchharness.text.instructions import units
from benchharness.text.instructions.base import Bounded, Instruction

_DRAFTS = 80
_ROUNDS = 60


def write_answer(side: Side, language: Language, instructions: Sequence[Instruction], rng: Random) -> str | None:
    """Return an answer that follows all of the instructions, as their own tests tell.

    Args:
        side: the topic in the language of the answer, its keywords in the order and script of the item.
        language: the language of the answer.
        instructions: what to follow.
        rng: draws the words.

    Returns:
        ``None`` if none was found in a fixed number of drafts.
    """
    wants = Wants(side, language, instructions)
    for _ in range(_DRAFTS):
        text = wants.in_script(_draft(wants, rng))
        if all(instruction.follows(text) for instruction in instructions):
            return text
    return None


def _draft(wants: Wants, rng: Random) -> str:
    features = Features(wants, rng)
    if wants.has("table", "json_object"):
        return write_data(wants, features)
    if wants.has(*VERSE):
        return write_verse(wants, features, rng)
    return _Flow(wants, features, rng).text()


@dataclass
class _Sentence:
    clauses: list[str]
    end: str
    fixed: bool = False


@dataclass
class _Flow:
    """Sentences in blocks: paragraphs, list items, parts or labelled lines."""

    wants: Wants
    features: Features
    rng: Random
    blocks: list[list[_Sentence]] = field(default_factory=list)

    def text(self) -> str:
        self._arrange()
        self._mention_everywhere()
        for _ in range(_ROUNDS):
            if not self._lengthen():
                break
        return self._wrapped(self._body())

    def _count_of_blocks(self) -> int:
        wants = self.wants
        for one in wants.of("numbered_list", "headings", "sections"):
            return int(one.count)
        for one in wants.of("dividers"):
            return int(one.parts)
        if wants.has("two_responses"):
            return 2
        if wants.has("labelled_lines"):
            return len(wants.first("labelled_lines").labels)
        for kind in ("bullet_list", "paragraphs"):
            if wants.has(kind):
                return draw_count(wants.first(kind), self.rng)
        if wants.has("paragraph_start"):
            return max(int(wants.first("paragraph_start").paragraph), 2)
        return 2 if wants.has("keyword_in_each_paragraph", "paragraph_characters", "paragraph_words") else 1

    def _count_of_sentences(self, blocks: int, needed: int) -> int:
        wants = self.wants
        if wants.has("sentences"):
            return draw_count(wants.first("sentences"), self.rng, spare=2)
        if wants.has("paragraph_sentences"):
            return blocks * draw_count(wants.first("paragraph_sentences"), self.rng)
        if wants.has("bullet_list", "numbered_list"):
            return blocks
        return max(blocks, needed)

    def _arrange(self) -> None:
        """Put what is needed into sentences, and these into blocks."""
        features, wants = self.features, self.wants
        clauses = features.clauses()
        questions = features.questions()
        closing = features.closing()
        count = self._count_of_blocks()
        place = int(wants.first("keyword_in_sentence").sentence) if wants.has("keyword_in_sentence") else 0
        needed = max(len(clauses) + len(questions) + len(closing), place + len(questions))
        total = self._count_of_sentences(count, needed)
        plain = max(total - len(questions) - len(closing), 1 if clauses else 0)
        sentences = [_Sentence([], features.bank.stop) for _ in range(plain)]
        for index, clause in enumerate(clauses):
            sentences[index % plain].clauses.append(clause)
        if 0 < place <= plain:
            sentences[place - 1].clauses.append(features.mention(str(wants.first("keyword_in_sentence").word)))
        for sentence in sentences:
            if not sentence.clauses:
                sentence.clauses.append(features.filler())
        for sentence, mark in zip(sentences, features.end_marks(), strict=False):
            sentence.end = mark
        sentences += [_Sentence([question], features.bank.question) for question in questions]
        sentences += [_Sentence([clause], "", fixed=True) for clause in closing]
        count = min(count, len(sentences))
        features.frame(sentences[0].clauses, sentences[-1].clauses)
        self.blocks = [sentences[len(sentences) * i // count : len(sentences) * (i + 1) // count] for i in range(count)]

    def _mention_everywhere(self) -> None:
        wants = self.wants
        if wants.has("keyword_in_each_paragraph"):
            word = str(wants.first("keyword_in_each_paragraph").word)
            for block in self.blocks:
                if not units.occurrences(word, self._paragraph(block)):
                    block[0].clauses.insert(0, self.features.mention(word))
        for start in wants.of("paragraph_start"):
            for block in self.blocks[start.paragraph - 1 : start.paragraph]:
                block[0].clauses[0] = self.features.after(str(start.text), block[0].clauses[0])

    def _lengthen(self) -> bool:
        """Add words where a lower bound is not reached; tell whether any were added."""
        wants, size = self.wants, self.wants.size
        if self._lengthen_sentence():
            return True
        for bound in wants.of("paragraph_characters", "paragraph_words"):
            for block in self.blocks:
                if self._grow(block, bound, size(self._paragraph(block))):
                    return True
        for bound in wants.of("characters", "words"):
            shortest = min(self.blocks, key=lambda block: size(self._paragraph(block)))
            if self._grow(shortest, bound, size(self._wrapped(self._body()))):
                return True
        for bound in wants.of("letter_frequency"):
            if not bound.follows(self._body()):
                block = min(self.blocks, key=len)
                self._add(block, self.features.filler(containing=str(bound.letter)))
                return True
        return False

    def _lengthen_sentence(self) -> bool:
        """Add a clause to a sentence that is too short, if there is one."""
        for bound in self.wants.of("sentence_characters", "sentence_words"):
            for sentence in (one for block in self.blocks for one in block if not one.fixed):
                if self.wants.size(self._sentence(sentence)) < (bound.least or 0):
                    sentence.clauses.append(self.features.filler())
                    return True
        return False

    def _grow(self, block: list[_Sentence], bound: Bounded, found: int) -> bool:
        missing = (bound.least or 0) - found
        if missing <= 0:
            return False
        clause = self.features.filler()
        if bound.most is None or self.wants.size(self.features.joint + clause) <= bound.most - found:
            self._add(block, clause)
        else:
            self._lengthen_exactly(block, missing)
        return True

    def _lengthen_exactly(self, block: list[_Sentence], missing: int) -> None:
        sentence = min((one for one in block if not one.fixed), key=lambda one: len(one.clauses), default=None)
        joint = self.wants.size(self.features.joint)
        if sentence is None:
            block.insert(0, _Sentence([self.features.padding(missing)], self.features.bank.stop))
        elif missing > joint:
            sentence.clauses.insert(-1 if len(sentence.clauses) > 1 else 0, self.features.padding(missing - joint))
        else:
            sentence.clauses[0] += self.features.padding(missing, attached=True)

    def _add(self, block: list[_Sentence], clause: str) -> None:
        """Add a clause to a block, as a sentence of its own where their number is free."""
        if self.wants.has("sentences", "paragraph_sentences", "bullet_list", "numbered_list", "keyword_in_sentence"):
            sentence = min((s for s in block if not s.fixed), key=lambda s: len(s.clauses), default=None)
            if sentence is not None:
                sentence.clauses.insert(1 if len(sentence.clauses) > 1 else 0, clause)
        else:
            block.insert(min(1, len(block) - 1), _Sentence([clause], self.features.bank.stop))

    def _sentence(self, sentence: _Sentence) -> str:
        text = self.features.joint.join(sentence.clauses)
        return text[:1].upper() + text[1:] + sentence.end

    def _paragraph(self, block: list[_Sentence]) -> str:
        return self.features.bank.space.join(map(self._sentence, block))

    def _body(self) -> str:
        wants, features = self.wants, self.features
        paragraphs = [self._paragraph(block) for block in self.blocks]
        heads = features.heads(len(paragraphs))
        if wants.has("bullet_list"):
            return "\n".join(f"- {item}" for item in paragraphs)
        if wants.has("numbered_list"):
            return "\n".join(f"{number}. {item}" for number, item in enumerate(paragraphs, start=1))
        if wants.has("labelled_lines"):
            labels = wants.first("labelled_lines").labels
            return "\n".join(
                f"{label}{features.bank.space}{line}" for label, line in zip(labels, paragraphs, strict=True)
            )
        if wants.has("headings"):
            sign = "#" * int(wants.first("headings").level)
            return "\n\n".join(f"{sign} {head}\n\n{part}" for head, part in zip(heads, paragraphs, strict=True))
        if wants.has("sections"):
            marks = [str(wants.first("sections").marker).replace("N", str(n + 1)) for n in range(len(paragraphs))]
            return "\n\n".join(f"{mark}\n{part}" for mark, part in zip(marks, paragraphs, strict=True))
        if wants.has("dividers", "two_responses"):
            marker = str(wants.first("dividers").marker) if wants.has("dividers") else "******"
            return f"\n\n{marker}\n\n".join(paragraphs)
        return "\n\n".join(paragraphs)

    def _wrapped(self, body: str) -> str:
        """Put around the body what stands outside its sentences."""
        wants, features = self.wants, self.features
        if wants.has("title"):
            brackets = str(wants.first("title").brackets)
            half = len(brackets) // 2
            body = f"{brackets[:half]}{features.title()}{brackets[half:]}\n{body}"
        if wants.has("repeat_request"):
            body = f"{wants.first('repeat_request').text}\n\n{body}"
        if wants.has("postscript"):
            marker = wants.first("postscript").marker
            body = f"{body}\n\n{marker}{features.bank.space}{features.postscript}{features.bank.stop}"
        if wants.has("quotation"):
            body = f"“{body}”" if wants.language is Language.ZH else f'"{body}"'
        if wants.has("code_block"):
            body = f"```\n{body}\n```"
        return body
