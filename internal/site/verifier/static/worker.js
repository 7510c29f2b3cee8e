'use strict'
// Starts the verifier that the page names and puts the page's questions to it, one
// at a time. It runs beside the page, so that the page stays usable. The first of
// several workers compiles for the others.
let started

onmessage = async event => {
  try {
    const { script, wasm, compiled, question } = event.data
    started ||= start(script, wasm, compiled)
    await started
    postMessage({ answer: question.ask === 'start' ? {} : JSON.parse(sandoghAsk(JSON.stringify(question))) })
  } catch (e) {
    started = undefined
    postMessage({ failed: String(e) })
  }
}

async function start(script, wasm, compiled) {
  importScripts(script)
  self.sandoghTell = text => postMessage({ told: JSON.parse(text) })
  const go = new Go()
  if (!compiled) postMessage({ compiled: compiled = await WebAssembly.compile(await load(wasm)) })
  go.run(await WebAssembly.instantiate(compiled, go.importObject))
}

async function load(wasm) {
  const response = await fetch(wasm)
  if (!response.ok) throw new Error(wasm + ': ' + response.status)
  const chunks = []
  let loaded = 0
  for (const reader = response.body.getReader(); ;) {
    const { done, value } = await reader.read()
    if (done) break
    chunks.push(value)
    postMessage({ loaded: loaded += value.length })
  }
  let blob = new Blob(chunks)
  const head = new Uint8Array(await blob.slice(0, 2).arrayBuffer())
  if (head[0] === 0x1f && head[1] === 0x8b) // unless the server has unpacked it
    blob = await new Response(blob.stream().pipeThrough(new DecompressionStream('gzip'))).blob()
  return blob.arrayBuffer()
}
