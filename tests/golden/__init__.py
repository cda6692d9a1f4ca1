"""Golden pages of our own making, what newsdesk is to make of them, and the gate that only lets it get better.

- `test_gate.py`: pages/NAME.html beside the truth in NAME.json; figures against floors.toml.
- `test_form_matrix.py`, `test_furniture.py`: forms and boxes without a class, in every markup, place and language.
- `test_guards.py`: what looks like furniture and is text.
- `test_comment_forms.py`, `test_pages.py`: small pages for one thing each.

known.toml lists what does not work yet and only gets shorter. After a change that makes something better:
`.venv/bin/python -m tests.golden.ratchet`, and commit known.toml and floors.toml with it. All texts are fiction.
"""
