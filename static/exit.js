/* Leave when Shift is pressed three times within five seconds, and nothing else meanwhile. Escape stops pages from
   loading, and typing capitals or changing the keyboard's layout is no wish to leave. Without this file the links work. */
(() => {
  const words = document.currentScript.dataset
  const exit = document.getElementById('leave')
  const live = document.createElement('p')
  let presses = []
  let alone = false

  live.className = 'hidden'
  live.dir = 'auto'
  live.setAttribute('role', 'status')
  document.body.append(live)

  // A text that had to come from another language says which
  const say = (number) => {
    live.lang = words['lang-' + number] || document.documentElement.lang
    live.textContent = words[number]
  }
  const leave = (event) => {
    event.preventDefault()
    document.body.replaceChildren(live)
    say(0)
    document.title = words[0]
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
    else say(3 - presses.length)
  })
})()
