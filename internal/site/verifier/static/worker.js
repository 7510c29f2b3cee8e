'use strict'
// Starts the verifier that the page names and puts the page's questions to it, one
// at a time. It runs beside the page, so that the page stays usable.
let started

onmessage = async event => {
  try {
    started ||= start(event.data.script, event.data.wasm)
    await started
    postMessage({ answer: JSON.parse(sandoghAsk(JSON.stringify(event.data.question))) })
  } catch (e) {
    started = undefined
    postMessage({ failed: String(e) })
  }
}

async function start(script, wasm) {
  importScripts(script)
  self.sandoghTell = text => postMessage({ told: JSON.parse(text) })
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
  const go = new Go()
  const { instance } = await WebAssembly.instantiate(await blob.arrayBuffer(), go.importObject)
  go.run(instance)
}
