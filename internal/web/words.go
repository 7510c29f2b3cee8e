package web

// frameWords are the words of the frame around every page.
var frameWords = Words{
	"frame.skip":     {"رفتن به متن اصلی", "Skip to the main text"},
	"frame.nav":      {"بخش‌های سایت", "Sections of the site"},
	"frame.other":    {"English", "فارسی"},
	"frame.broken":   {"این صفحه ساخته نشد. دوباره تلاش کنید.", "This page could not be made. Try again."},
	"frame.practice": {"شبیه‌سازی‌شده: این انتخابات تمرینی است و نتیجهٔ آن هیچ اثری ندارد.", "SIMULATED: this election is for practice. Its result has no effect."},
	"frame.mark":     {"نشان تمرینی", "Mark of practice"},
	"frame.foot":     {"این صفحه چیزی از جای دیگر نمی‌گیرد، برنامه‌ای در مرورگر اجرا نمی‌کند و کوکی نمی‌گذارد.", "This page loads nothing from elsewhere, runs no script and sets no cookie."},
	"frame.scripted": {"این صفحه چیزی از جای دیگر نمی‌گیرد و کوکی نمی‌گذارد. بدون جاوااسکریپت هم کامل است.", "This page loads nothing from elsewhere and sets no cookie. It is whole without JavaScript too."},
}
