"""Choices that live in the address of the page, so that a link reproduces the view, and last for the session."""

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

Widget = Callable[..., Any]
# Longer than any code; a link can carry anything.
_MOST_QUOTED = 60


def choose(name: str, label: str, options: Sequence[str], words: Callable[[str], str], *, widget: Widget = st.selectbox,
           default: str | None = None, **given: Any) -> str | None:  # fmt: skip
    """A widget whose value is `?name=` in the address: a code, never a label.

    The address wins when it changes (a link, the back button), then the reader's own choice, then what was chosen
    earlier in the session, then `default`. A code that is not an option is said to be unknown and ignored.
    """
    key, seen = f"pick_{name}", f"seen_{name}"
    asked = st.query_params.get(name)
    if asked is not None and asked not in options:
        # Only of a link: a choice made before another choice took its option away is simply made anew.
        if asked != st.session_state.get(seen):
            st.warning(
                f"The link asks for {label.lower()} {quoted(asked)}, which is not in this version. Please choose."
            )
        asked = None
    if asked is not None and asked != st.session_state.get(seen):
        st.session_state[key] = asked
    elif st.session_state.get(key) not in options:
        remembered = st.session_state.get(f"chosen_{name}")
        st.session_state[key] = remembered if remembered in options else default
    value: str | None = widget(label, options, format_func=words, key=key, **given)
    st.session_state[f"chosen_{name}"] = st.session_state[seen] = value
    if value is None:
        st.query_params.pop(name, None)
    elif st.query_params.get(name) != value:
        st.query_params[name] = value
    return value


def choose_many(name: str, label: str, options: Sequence[str], words: Callable[[str], str], most: int,
                default: Sequence[str] = (), **given: Any) -> list[str]:  # fmt: skip
    """Several choices as `?name=one,two` in the address, in the order they were made; at most `most`.

    Codes in a link that are not options are said to be unknown and ignored, and so is what goes beyond `most`.
    """
    key, seen = f"picks_{name}", f"seen_{name}"
    asked = st.query_params.get(name)
    if asked is not None and asked != st.session_state.get(seen):
        codes = list(dict.fromkeys(filter(None, asked.split(","))))
        known = [code for code in codes if code in options]
        if len(known) < len(codes) or len(known) > most:
            unknown = ", ".join(code for code in codes if code not in options)
            told = f"The link asks for {quoted(unknown)}, not in this version. " if unknown else ""
            st.warning(f"{told}At most {most} can be shown." if len(known) > most else told.strip())
        st.session_state[key] = known[:most]
    else:
        held = st.session_state.get(key, st.session_state.get(f"chosen_{name}", default))
        st.session_state[key] = [code for code in held if code in options][:most]
    chosen: list[str] = st.multiselect(label, options, format_func=words, key=key, max_selections=most, **given)
    st.session_state[f"chosen_{name}"], st.session_state[seen] = chosen, ",".join(chosen)
    if not chosen:
        st.query_params.pop(name, None)
    elif st.query_params.get(name) != ",".join(chosen):
        st.query_params[name] = ",".join(chosen)
    return chosen


def quoted(text: str) -> str:
    """Text of a link as code in a message set as Markdown: there it is no link, no picture and no colour of a page."""
    one_line = " ".join(text.replace("`", "'").split())
    return f"`{one_line[:_MOST_QUOTED]}{'…' if len(one_line) > _MOST_QUOTED else ''}`"
