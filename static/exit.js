/* Leave when Shift is pressed three times within five seconds, and nothing else meanwhile. Escape stops pages from
   loading, and typing capitals or changing the keyboard's layout is no wish to leave. Without this file the links work. */
(() => {
  const words = document.currentScript.dataset
  const exit = document.getElementById('leave')
  const live = document.createElement('p')
  let presses = []
  let alone = false

  live.className = 'hidden'
  live.setAttribute('role', 'status')
  document.body.append(live)

  const leave = (event) => {
    event.preventDefault()
    document.body.replaceChildren(live)
    document.title = live.textContent = words[0]
    location.replace(exit.href)
  }
  document.querySelectorAll('a.exit').forEach((link) => link.addEventListener('click', leave))

  addEventListener('keydown', (event) => {
    if (event.key !== 'Shift') {
      alone = false
      presses = []
    } else if (!event.repeat) alone = !(event.ctrlKey || event.altKey || event.metaKey)
  })

  addEventListener('keyup', (event) => {
    if (event.key !== 'Shift' || !alone) return
    presses = presses.filter((time) => event.timeStamp - time < 5000).concat(event.timeStamp)
    if (presses.length > 2) leave(event)
    else live.textContent = words[3 - presses.length]
  })
})()
