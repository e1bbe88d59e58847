-- A real editor as the client: opens a broken entry, sees what is found, applies a quick fix, goes to a
-- definition in another file, renames an ID. Run by tests/lsp/neovim.rs; says `done` at the end.

local corpus, plugin = vim.env.CORPUS, vim.env.PLUGIN
vim.o.hidden = true
vim.o.swapfile = false

local function fail(message)
  io.stderr:write(message .. '\n')
  vim.cmd('cquit 1')
end

local function check(condition, message)
  if not condition then
    fail(message)
  end
end

local function wait(message, condition)
  check(vim.wait(60000, condition, 20), 'never came: ' .. message)
end

local function lines()
  return vim.api.nvim_buf_get_lines(0, 0, -1, false)
end

local function text()
  return table.concat(lines(), '\n')
end

-- Puts the cursor on the first place of a text.
local function go_to(part)
  for number, line in ipairs(lines()) do
    local at = line:find(part, 1, true)
    if at then
      vim.api.nvim_win_set_cursor(0, { number, at - 1 })
      return
    end
  end
  fail('not here: ' .. part)
end

local function found(rule)
  for _, diagnostic in ipairs(vim.diagnostic.get(0)) do
    local code = diagnostic.code or (diagnostic.user_data or {}).lsp.code
    if code == rule then
      return diagnostic
    end
  end
  return nil
end

vim.g.corpuslint = vim.env.CORPUSLINT
local attach = dofile(plugin).attach

-- Findings.
vim.cmd('edit ' .. corpus .. '/preparation/PR030.yaml')
local client = attach(0)
check(client, 'no server')
wait('a finding', function()
  return found('dangling-reference')
end)
check(found('dangling-reference').message:find('did you mean `PV059`', 1, true), 'the message')

-- A quick fix.
go_to('PV590')
local function request(method, params)
  local answers = vim.lsp.buf_request_sync(0, method, params, 60000)
  local answer = answers and answers[client]
  check(answer and not answer.err, method .. ': ' .. vim.inspect(answers))
  return answer.result
end
local params = vim.lsp.util.make_range_params()
params.context = { diagnostics = {} }
local action = request('textDocument/codeAction', params)[1]
check(action.title == 'Write `PV059`', vim.inspect(action))
local encoding = vim.lsp.get_client_by_id(client).offset_encoding
vim.lsp.util.apply_workspace_edit(action.edit, encoding)
check(text():find('- PV059', 1, true), text())
wait('no finding', function()
  return not found('dangling-reference')
end)

-- A definition in another file.
go_to('PV059')
vim.lsp.buf.definition()
wait('the definition', function()
  return vim.api.nvim_buf_get_name(0):find('PV059.yaml', 1, true)
end)
local cursor = vim.api.nvim_win_get_cursor(0)
check(cursor[1] == 1 and cursor[2] == 4, vim.inspect(cursor))

-- A hover.
local hover = request('textDocument/hover', vim.lsp.util.make_position_params())
check(hover.contents.value:find('Threat Intelligence', 1, true), vim.inspect(hover))

-- Another ID, in both files and for the name of one.
vim.lsp.buf.rename('PV070')
wait('the new name', function()
  return vim.fn.filereadable(corpus .. '/preventions/PV070.yaml') == 1
end)
vim.cmd('silent wall')
vim.cmd('edit ' .. corpus .. '/preparation/PR030.yaml')
check(text():find('- PV070', 1, true), text())
vim.cmd('edit ' .. corpus .. '/preventions/PV070.yaml')
check(text():find('id: PV070', 1, true), text())
check(vim.fn.filereadable(corpus .. '/preventions/PV059.yaml') == 0, 'the old file is gone')

io.stdout:write('done\n')
vim.cmd('qall!')
