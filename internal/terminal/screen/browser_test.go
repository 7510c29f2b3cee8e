package screen_test

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/sandogh/sandogh/internal/web"
	"github.com/sandogh/sandogh/internal/web/webtest"
)

// looking is what is asked of a screen, in every size of text and every contrast,
// on the screen of the test and on the smallest that is allowed (12 inches).
const looking = `(contrasts => {
	const html = document.documentElement, found = []
	const size = html.dataset.size, contrast = html.dataset.contrast
	const rgb = c => { const m = c.match(/[\d.]+/g).map(Number); return m.length > 3 && m[3] === 0 ? null : m.slice(0, 3) }
	const light = c => c.map(v => { v /= 255; return v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4 }).reduce((s, v, i) => s + v * [.2126, .7152, .0722][i], 0)
	const ratio = (a, b) => { const [x, y] = [light(a), light(b)]; return (Math.max(x, y) + .05) / (Math.min(x, y) + .05) }
	const ground = e => { for (; e; e = e.parentElement) { const c = rgb(getComputedStyle(e).backgroundColor); if (c) return c } return [255, 255, 255] }
	const visible = e => e.getClientRects().length > 0 && !e.closest('[hidden]')
	const targets = [...document.querySelectorAll('button:not(.default), a, input:not([type=hidden])')].filter(visible)
	const say = (e, what) => { if (found.length < 12) found.push('size ' + html.dataset.size + ' contrast ' + html.dataset.contrast + ': ' + what + ': ' + (e ? e.outerHTML.slice(0, 160) : '')) }
	for (const dpi of [141, 184]) {
		const mm = dpi / 25.4
		html.style.setProperty('--mm', mm + 'px')
		for (const s of dpi === 141 ? '0123' : '13') {
			html.dataset.size = s
			for (const e of [html, ...document.querySelectorAll('.scroll, footer')]) if (e.scrollWidth > e.clientWidth) say(e, dpi + ' dpi: ' + e.scrollWidth + ' px wide in ' + e.clientWidth)
			if (document.querySelector('footer').getBoundingClientRect().bottom > innerHeight + 1) say(null, dpi + ' dpi: the foot is below the screen')
			if (document.querySelector('.scroll').clientHeight < 40 * mm) say(null, dpi + ' dpi: ' + document.querySelector('.scroll').clientHeight / mm + ' mm are left for the page')
			const boxes = targets.map(e => [e, e.getBoundingClientRect()])
			for (const [i, [e, r]] of boxes.entries()) {
				if (r.width < 12.7 * mm - .5 || r.height < 12.7 * mm - .5) say(e, dpi + ' dpi: target of ' + (r.width / mm).toFixed(1) + ' by ' + (r.height / mm).toFixed(1) + ' mm')
				if (e.scrollWidth > e.clientWidth + 1) say(e, dpi + ' dpi: clipped')
				for (const c of e.querySelectorAll('[data-clip]')) {
					const q = c.getBoundingClientRect(), slack = .4 * parseFloat(getComputedStyle(c).fontSize) // of a line's own height
					if (q.left < r.left - 1 || q.right > r.right + 1 || q.top < r.top - slack || q.bottom > r.bottom + slack) say(c, dpi + ' dpi: text beyond its button')
				}
				const foot = e.closest('footer')
				for (const [f, q] of boxes.slice(i + 1)) {
					if (f.closest('footer') !== foot) continue
					const x = Math.max(q.left - r.right, r.left - q.right), y = Math.max(q.top - r.bottom, r.top - q.bottom)
					if (Math.max(x, y) < 2.54 * mm - .5) say(e, dpi + ' dpi: ' + (Math.max(x, y) / mm).toFixed(1) + ' mm from ' + f.outerHTML.slice(0, 80))
				}
			}
			for (const e of document.querySelectorAll('[data-clip]')) {
				const least = [3.5, 4.8, 6.4, 8.5][s], alef = parseFloat(getComputedStyle(e).fontSize) / mm * (html.lang === 'en' ? .711 : .672), most = [4.2, 5.6, 7.1, 9][s]
				if (visible(e) && (alef < least - .02 || alef > most + .02 && !e.closest('h1, h2, legend'))) say(e, dpi + ' dpi: an alef of ' + alef.toFixed(2) + ' mm')
			}
		}
	}
	html.style.removeProperty('--mm')
	html.dataset.size = size
	const [low, high] = [[10, 20, 20, 4.5], [22, 22, 22, 8]]
	for (const c of contrasts) {
		html.dataset.contrast = c
		for (const e of document.querySelectorAll('body *')) {
			if (!visible(e) || e.matches('img') || ![...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim())) continue
			const r = ratio(rgb(getComputedStyle(e).color), ground(e))
			if (r < low[c] || r > high[c]) say(e, 'contrast of ' + r.toFixed(1))
		}
		const style = getComputedStyle(html), hex = n => style.getPropertyValue(n).trim().match(/[0-9a-f]{2}/g).map(h => parseInt(h, 16))
		for (const n of ['--ground', '--face']) if (ratio(hex('--focus'), hex(n)) < 3) say(null, 'focus on ' + n + ': ' + ratio(hex('--focus'), hex(n)).toFixed(1))
	}
	html.dataset.contrast = contrast
	return found.join('\n')
})(%q)`

// become makes the page that is open the booth's present one, as it does by itself,
// and keeps it so. Its value is the kind of the screen.
const become = `(async () => {
	busy = false
	await refresh()
	busy = true
	await document.fonts.ready
	return document.documentElement.dataset.place.replace(/[/][0-9]+/g, '') + (document.querySelector('.notice') ? ' with a notice' : '')
})()`

// TestScreens looks at every screen there is in both languages, in all sizes:
// nothing is wider than the screen, no target small, too near or clipped, and
// axe-core finds nothing where SANDOGH_AXE names its file. In Persian, and of every
// kind in English, it looks at all contrasts, which are as U-04 has it; axe-core
// looks at them, which is slow, in each language once of every kind. With
// -screenshots it looks at everything everywhere, and pictures are left.
func TestScreens(t *testing.T) {
	server, p := serve(t), paper(t, 3000, 21)
	ctx := webtest.Browser(t)
	webtest.Watch(ctx, t, "favicon")
	webtest.Do(ctx, t, chromedp.EmulateViewport(1920, 1080))
	open := false
	for _, lang := range web.Langs {
		kinds := map[string]bool{}
		walk(t, server, p, 141, lang, func(name string, b *booth) {
			name = lang.Code() + "-" + name
			if !open {
				webtest.Do(ctx, t, chromedp.Navigate(b.url))
				open = true
			}
			kind := webtest.Evaluate[string](ctx, t, become)
			contrasts, but := "0", []string{"color-contrast"}
			if !kinds[kind] || webtest.Pictures() {
				contrasts, but = "0123", nil
			}
			if lang == web.Persian {
				contrasts = "0123"
			}
			kinds[kind] = true
			if found := webtest.Evaluate[string](ctx, t, fmt.Sprintf(looking, contrasts)); found != "" {
				t.Errorf("%s: %s", name, found)
			}
			webtest.Axe(ctx, t, name, but...)
			if !webtest.Pictures() {
				return
			}
			for _, size := range []string{"1", "3"} {
				webtest.Evaluate[any](ctx, t, fmt.Sprintf(`document.documentElement.dataset.size = %q; document.documentElement.dataset.contrast = %q; more(); new Promise(requestAnimationFrame)`, size, map[string]string{"1": "0", "3": "2"}[size]))
				webtest.Screen(ctx, t, name+"-"+size)
			}
		})
		if len(kinds) < 30 {
			t.Errorf("%s: only %d kinds of screens: %v", lang.Code(), len(kinds), kinds)
		}
	}
	// The heights of letters that the style assumes (U-01).
	heights := webtest.Evaluate[[]float64](ctx, t, `(async () => {
		await document.fonts.load('1000px Vazirmatn', 'اH')
		const canvas = document.createElement('canvas'), c = canvas.getContext('2d', { willReadFrequently: true })
		canvas.width = 1500; canvas.height = 1500
		return ['ا', 'H'].map(s => {
			c.clearRect(0, 0, 1500, 1500); c.font = '1000px Vazirmatn'; c.fillText(s, 300, 1200)
			const dots = c.getImageData(0, 0, 1500, 1500).data
			return 1200 - Math.floor(dots.findIndex((v, i) => i % 4 === 3 && v > 127) / 6000)
		})
	})()`)
	if heights[0] < 667 || heights[0] > 677 || heights[1] < 705 || heights[1] > 720 {
		t.Errorf("an alef and an H of 1000 px are %v high", heights)
	}
}
