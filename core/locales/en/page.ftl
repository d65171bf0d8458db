### The labels of the page itself. Figures, sentences and failures come worded from the core.

## Frame
app-name = Tidemark
check-now = Check now
checking = Asking MiniMax…
open-keys = Keys
back = Back
close-note = Close this message
unexpected = Something went wrong. Please try again.
accounts = Accounts
ways = Ways on
more-open = Show the windows of { $name }

## First run
welcome-title = How much is left?
welcome-body = Tidemark reads it from MiniMax with your key, shows it in the tray, and tells you before it runs out.
look-around = Look around first
look-around-note = A simulated account: no key, no network, nothing kept.
guide-step = Step { $number } of { $count }
guide-next = Continue
guide-notices-title = It speaks up by itself
guide-notices-body = When little is left, when it is used up, and when it is back. Try it once.
guide-test-notice = Show me a test notice
guide-autostart = Start with this computer
guide-done-title = All set
guide-done-tray = Tidemark stays in the tray. Its ring shows how much is left; a click opens this window.
guide-done-no-tray = This desktop shows no tray yet. Tidemark goes on in the background; start it again to open this window.
guide-done-notices = You are told when little is left, when it is used up, and when it is back.
guide-finish = Show what is left

## The form for a key
key-label = Key
key-placeholder = sk-cp-…
key-show = Show the key
key-hide = Hide the key
key-where = Where do I find it?
key-where-global = Global
key-where-china = China
key-kept = The key is kept in this computer's keyring and nowhere else.
name-label = Name
region-label = Region
region-auto = Automatic
region-global = Global
region-china = China
kind-label = Kind
kind-auto = Automatic
kind-token_plan = Token Plan
kind-pay_as_you_go = Pay-as-you-go
team-label = Team
team-hint = Optional. A plan key belongs to one team.
more-fields = Set region and kind myself
key-check = Check this key
key-check-again = Try again
asking-title = Checking the key
asking-body = It goes to MiniMax and nowhere else.
name-hint = So that you can tell it from others.
add-intro = Paste a Token Plan key or a pay-as-you-go key. Tidemark finds out which it is.
add-submit = Add this key
replace-submit = Replace the key
cancel = Cancel
as-token_plan = Check it as a Token Plan key
as-pay_as_you_go = Check it as a pay-as-you-go key
keep-unchecked = Keep it unchecked

## Keys
keys-title = Keys
add-key = Add a key
add-title = Add a key
replace-title = Replace the key of { $name }
replace-note = The old key stays until MiniMax accepts the new one.
last-four = Ends in { $four }
rename = Rename
rename-name = Rename { $name }
rename-label = New name
rename-save = Save
replace = Replace key
replace-name = Replace key of { $name }
remove = Remove
remove-name = Remove { $name }
remove-question = Remove { $name }?
remove-body = Its key is deleted from this computer's keyring. At MiniMax nothing changes.
remove-confirm = Remove
remove-keep = Keep
keys-none-title = No account yet
keys-none = Add the key of your plan, and Tidemark shows what is left of it. It takes less than a minute.
move-up = Move up
move-up-name = Move { $name } up
move-down = Move down
move-down-name = Move { $name } down
place-said = { $name }, now { $number } of { $count }
name-whole = Whole name
name-less = Less of the name
keys-demo = The simulated account has no key. Leave the simulation to add yours.

## Settings
open-settings = Settings
settings-title = Settings
saved = Saved
hours-own = Own hours
hours-from = From
hours-until = Until
test-notice = Show a test notice
test-notice-sent = Sent. If no notice appears, the desktop itself is holding notices back.

## Silence
snooze = Snooze notices
snooze-hour = Snooze for 1 hour
snooze-until-reset = Snooze until the next reset
snooze-end = Speak again

## What a card can do
card-more = More for { $name }
close = Close
key-copied = Copied. It is cleared in 45 seconds.
speed-title = Output speed
speed-measure = Measure
speed-again = Measure again
speed-measuring = Measuring…
pair-title = Pay-as-you-go pair
pair-label = Takes over when used up
pair-hint = Its key is used while this plan is used up, and billed by tokens.
pair-none = None
pair-missing = There is no pay-as-you-go account yet. Add its key first.

## Options of an account
options = Options
options-name = Options of { $name }
remove-history = Also delete its history

## Cards
more = More
less = Less
fewer = Show fewer
and-more = and { $number } more
open-account = Open { $name }
bar-legend = The line marks an even pace, the ticks your warnings.
spoken = { $name }: { $sentence }
spoken-state = { $name }: { $state }. { $sentence }


## An account and its history
account-title = Account
history-title = History
history-range = How far back
range-hours = 5 h
range-day = 24 h
range-week = 7 d
range-month = 30 d
range-hours-long = 5 hours
range-day-long = 24 hours
range-week-long = 7 days
range-month-long = 30 days
history-window = Which window
history-form = Shown as
history-chart = Chart
history-table = Table
chart-cursor = Readings; arrow keys go through them
chart-failed = The chart could not be drawn. The table says the same.
table-time = Time
table-share = Quota
table-balance = Balance
table-note = Note
legend-lines = Your warnings
legend-ahead = Forecast
legend-resets = Reset
legend-gaps = Nothing read
legend-columns = The tightest moment of each day
legend = Lines and shades
history-retry = Try again
spent-title = Spent on each day
options-title = This account

## The desktop, in the settings
sections = Sections
autostart = Start with the session
shortcut-press = Set a shortcut…
shortcut-listens = Press the keys now, Esc to leave it
shortcut-bare = Hold Ctrl, Alt or Super with it, Esc to leave it
shortcut-clear = Clear the shortcut
exchange-title = Import and export
exchange-hint = Settings only: accounts and keys are never in the file.
export = Export…
import = Import…
forget-whose = History of
forget-all = All accounts
forget = Delete history…
forget-question = Delete the readings of all accounts? Accounts and keys stay.
forget-question-of = Delete the readings of { $name }? The account and its key stay.
forget-keep = Keep
forget-confirm = Delete

## About
open-about = About and doctor
about-title = About
about-body = Shows how much of your MiniMax plan is left. Made by users of MiniMax, not by MiniMax. Free software: MIT or Apache-2.0.
ring-title = The ring in the tray
ring-body = It empties clockwise from the top as quota is used.
ring-good = Good
ring-near = Near the limit
ring-critical = Almost used up
ring-spent = Used up
ring-unknown = Not known, or old
ring-refused = Key refused
doctor-title = Doctor
doctor-looking = Looking…
doctor-again = Look again
doctor-copy = Copy for a bug report
doctor-copied = Copied. It holds no key and no account name.
doctor-ok = in order
doctor-warning = worth a look
doctor-trouble = needs you
files-title = Files
file-settings = Settings
file-settings-open = Open the folder of the settings
file-history = History
file-history-open = Open the folder of the history
file-log = Log
file-log-open = Open the folder of the log
file-open = Open
shortcuts-title = Keyboard
shortcut-up = Moves an account up, on the keys screen
shortcut-down = Moves an account down, on the keys screen
shortcut-escape = One screen back; closes the window from the overview
