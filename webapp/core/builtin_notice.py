"""The notice of last resort: words that need no file, for when the sources can give none. Refuses to name a publisher.

Drawn from config/notices.toml and its translations, so that it says what those say, but conditional in every
sentence: without the sources nobody knows which law has been turned against this newsroom. All laws are named.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from webapp.core.model import CountryCode, Direction, LocaleTag

VERSION = 1
"""Raised whenever the meaning of a sentence changes."""

REVIEWED_BY_LAWYER = False
REVIEWED_BY_NATIVE_SPEAKERS: frozenset[LocaleTag] = frozenset({LocaleTag("en")})
"""What `webapp check` goes by when it lists what nobody has reviewed. Russian and Ukrainian are drafts."""


@dataclass(frozen=True, slots=True)
class BuiltinLaw:
    """One state's law, in one language: whom it may concern, what may be punished, and how."""

    jurisdiction: CountryCode
    heading: str
    who: str
    what: str
    penalty: str


@dataclass(frozen=True, slots=True)
class BuiltinNotice:
    """The whole notice in one language. `unavailable` and `later` say why there is no article beside it.

    `leave` are the words of the way out, as on every page.
    """

    locale: LocaleTag
    direction: Direction
    unavailable: str
    later: str
    leave: str
    laws: tuple[BuiltinLaw, ...]


_EN = BuiltinNotice(
    locale=LocaleTag("en"),
    direction=Direction.LTR,
    unavailable="This site cannot show its articles at the moment",
    later="Please try again in a few minutes. Until then, here is what you should know before you pass anything on.",
    leave="Leave now",
    laws=(
        BuiltinLaw(
            CountryCode("RU"),
            "If the law of Russia can reach you",
            "This may concern you if you are in Russia, or in a part of Ukraine that it controls, "
            "or hold a Russian passport, or have no citizenship at all.",
            "Sharing, liking, commenting on or saving an article of this site, or writing to us, "
            "may be treated as taking part in an “undesirable organization”.",
            "It can mean a fine of 5,000–15,000 roubles and, if repeated within a year, up to 4 years in prison.",
        ),
        BuiltinLaw(
            CountryCode("BY"),
            "If the law of Belarus can reach you",
            "This may concern you if you are in Belarus, or are a citizen of Belarus who may return there.",
            "Sharing or saving an article of this site, subscribing, commenting or writing to us may be treated as "
            "spreading “extremist materials” or as helping an “extremist formation”.",
            "It can mean a fine of 10–30 base units, community work or up to 15 days of arrest, "
            "and in a criminal case up to 7 years in prison.",
        ),
    ),
)

_RU = BuiltinNotice(
    locale=LocaleTag("ru"),
    direction=Direction.LTR,
    unavailable="Сейчас этот сайт не может показать свои статьи",
    later="Попробуйте, пожалуйста, ещё раз через несколько минут. "
    "А пока — то, что важно знать, прежде чем чем-то делиться.",
    leave="Уйти сейчас",
    laws=(
        BuiltinLaw(
            CountryCode("RU"),
            "Если вас может коснуться российский закон",
            "Это может касаться вас, если вы находитесь в России или на контролируемой ею территории Украины, "
            "если у вас российский паспорт или если у вас нет никакого гражданства.",
            "Если вы поделитесь статьёй этого сайта, поставите ей лайк, прокомментируете её, сохраните или напишете "
            "нам, это могут счесть участием в деятельности «нежелательной организации».",
            "За это возможен штраф от 5 000 до 15 000 рублей, а при повторе в течение года — до 4 лет лишения свободы.",
        ),
        BuiltinLaw(
            CountryCode("BY"),
            "Если вас может коснуться закон Беларуси",
            "Это может касаться вас, если вы находитесь в Беларуси или если у вас гражданство Беларуси и вы, "
            "возможно, туда вернётесь.",
            "Если вы поделитесь статьёй этого сайта, сохраните её, подпишетесь на нас, оставите комментарий или "
            "напишете нам, это могут счесть распространением «экстремистских материалов» или содействием "
            "«экстремистскому формированию».",
            "За это возможны штраф от 10 до 30 базовых величин, общественные работы или арест на срок до 15 суток, "
            "а в уголовном деле — до 7 лет лишения свободы.",
        ),
    ),
)

_UK = BuiltinNotice(
    locale=LocaleTag("uk"),
    direction=Direction.LTR,
    unavailable="Зараз цей сайт не може показати свої статті",
    later="Спробуйте, будь ласка, ще раз за кілька хвилин. А поки що — те, що важливо знати, перш ніж чимось ділитися.",
    leave="Піти зараз",
    laws=(
        BuiltinLaw(
            CountryCode("RU"),
            "Якщо вас може зачепити російський закон",
            "Це може стосуватися вас, якщо ви перебуваєте в Росії або на контрольованій нею території України, "
            "якщо маєте російський паспорт або якщо не маєте жодного громадянства.",
            "Якщо ви поділитеся статтею цього сайту, поставите їй вподобайку, прокоментуєте її, збережете або "
            "напишете нам, це можуть розцінити як участь у діяльності «небажаної організації».",
            "За це можливий штраф від 5 000 до 15 000 рублів, а в разі повторення протягом року — "
            "до 4 років позбавлення волі.",
        ),
        BuiltinLaw(
            CountryCode("BY"),
            "Якщо вас може зачепити закон Білорусі",
            "Це може стосуватися вас, якщо ви перебуваєте в Білорусі або якщо маєте громадянство Білорусі й, "
            "можливо, туди повернетеся.",
            "Якщо ви поділитеся статтею цього сайту, збережете її, підпишетеся на нас, залишите коментар або "
            "напишете нам, це можуть розцінити як поширення «екстремістських матеріалів» або як сприяння "
            "«екстремістському формуванню».",
            "За це можливі штраф від 10 до 30 базових величин, громадські роботи чи арешт на строк до 15 діб, "
            "а в кримінальній справі — до 7 років позбавлення волі.",
        ),
    ),
)

BUILTIN_NOTICES: Mapping[LocaleTag, BuiltinNotice] = MappingProxyType({it.locale: it for it in (_EN, _RU, _UK)})
"""Every language of the notice of last resort, in the order in which a page shows them all."""
