// The page's texts in its language, by key; see texts.py.

export const texts = JSON.parse(document.body.dataset.texts);
