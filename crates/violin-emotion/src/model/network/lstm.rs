//! One direction of an LSTM (Hochreiter and Schmidhuber 1997; gates as in Keras), forward and back through time.
//!
//! The inputs of all steps are projected in one product; only the recurrent one is made step by step, for all sequences
//! at once. The gradients of the weights are one product over all steps at the end.
//!
//! What `pulp` dispatches are structs with `#[inline(always)]`: a closure it may leave outside, compiled for the oldest CPU.

use pulp::{Arch, Simd, WithSimd};

use super::activation::{sigmoid, tanh};
use super::matmul::{Matrix, MatrixMut, Write, multiply};
use super::packing::{Direction, Packing, Step};
use super::weights::Cell;

/// What a reading leaves behind for the way back; kept from batch to batch so that nothing is allocated anew.
#[derive(Default)]
pub(super) struct Tape {
    /// Rows × 4 units: the gates after their activation; on the way back, the gradients before it.
    gates: Vec<f32>,
    /// Rows × units: the cell's state after each step.
    cells: Vec<f32>,
    /// Rows × units: its tanh.
    tanh_cells: Vec<f32>,
    /// Rows × units: the hidden state each step began with.
    begun_with: Vec<f32>,
    /// Sequences × units: the cell's gradient on its way from step to step.
    cell_gradient: Vec<f32>,
    /// 4 units × units: the recurrent weights, transposed.
    recurrent_transposed: Vec<f32>,
}

impl Tape {
    /// Room for the gates: `len` numbers, old ones.
    pub fn gates(&mut self, len: usize) -> &mut [f32] {
        room(&mut self.gates, len)
    }
}

/// The first `len` numbers of a buffer that never shrinks; what stands in them is old.
pub(super) fn room(buffer: &mut Vec<f32>, len: usize) -> &mut [f32] {
    if buffer.len() < len {
        buffer.resize(len, 0.0);
    }
    &mut buffer[..len]
}

/// First column of a direction in a layer's hidden states (rows × 2 units), or in the gradients by them.
fn side(direction: Direction, units: usize) -> usize {
    match direction {
        Direction::Forward => 0,
        Direction::Backward => units,
    }
}

/// The rows of the step read before and those of this one, out of one buffer of `width` numbers a row.
fn before_and_now(values: &mut [f32], step: Step, width: usize) -> (&[f32], &mut [f32]) {
    if step.carried == 0 {
        (&[], &mut values[step.at * width..][..step.active * width])
    } else if step.before < step.at {
        let (early, late) = values.split_at_mut(step.at * width);
        (&early[step.before * width..][..step.carried * width], &mut late[..step.active * width])
    } else {
        let (early, late) = values.split_at_mut(step.before * width);
        (&late[..step.carried * width], &mut early[step.at * width..][..step.active * width])
    }
}

/// Projects packed `inputs` (rows × inputs) onto the gates, for [`forward`]; without the bias.
pub(super) fn project(cell: &Cell<&[f32]>, rows: usize, inputs: &[f32], tape: &mut Tape) {
    let wide = cell.bias.len();
    let width = cell.kernel.len() / wide;
    let (inputs, kernel) = (Matrix::new(inputs, rows, width), Matrix::new(cell.kernel, width, wide));
    multiply(MatrixMut::new(tape.gates(rows * wide), rows, wide), inputs, kernel, Write::Replace);
}

/// Reads what was projected onto the tape's gates in one direction, and writes its side of `hidden` (rows × 2 units).
pub(super) fn forward(
    cell: &Cell<&[f32]>,
    direction: Direction,
    packing: &Packing,
    hidden: &mut [f32],
    tape: &mut Tape,
) {
    let wide = cell.bias.len();
    let (rows, units) = (packing.rows(), wide / 4);
    let side = side(direction, units);
    let gates = room(&mut tape.gates, rows * wide);
    let cells = room(&mut tape.cells, rows * units);
    let tanh_cells = room(&mut tape.tanh_cells, rows * units);
    let arch = Arch::new();
    for step in packing.steps(direction) {
        let gates = &mut gates[step.at * wide..][..step.active * wide];
        if step.carried > 0 {
            let before = Matrix::strided(&hidden[step.before * 2 * units + side..], step.carried, units, 2 * units);
            let recurrent = Matrix::new(cell.recurrent, units, wide);
            multiply(MatrixMut::new(gates, step.carried, wide), before, recurrent, Write::Add);
        }
        let (cells_before, cells) = before_and_now(cells, step, units);
        let tanh_cells = &mut tanh_cells[step.at * units..][..step.active * units];
        let hidden = &mut hidden[step.at * 2 * units..][..step.active * 2 * units];
        arch.dispatch(Advance { bias: cell.bias, side, gates, cells_before, cells, tanh_cells, hidden });
    }
}

/// One step of all sequences alive, from the sums of products to the hidden states.
struct Advance<'a> {
    bias: &'a [f32],
    side: usize,
    gates: &'a mut [f32],
    cells_before: &'a [f32],
    cells: &'a mut [f32],
    tanh_cells: &'a mut [f32],
    hidden: &'a mut [f32],
}

impl WithSimd for Advance<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let units = self.bias.len() / 4;
        for (row, gates) in self.gates.chunks_exact_mut(4 * units).enumerate() {
            let place = row * units..(row + 1) * units;
            let cell_before = self.cells_before.get(place.clone()).unwrap_or(&[]);
            activate(gates, self.bias, units);
            let hidden = &mut self.hidden[row * 2 * units + self.side..][..units];
            advance(gates, cell_before, &mut self.cells[place.clone()], &mut self.tanh_cells[place], hidden);
        }
    }
}

/// Adds the bias to one row of gates and applies tanh to the candidate, sigmoid to the others.
#[inline(always)]
fn activate(gates: &mut [f32], bias: &[f32], units: usize) {
    let (input_and_forget, rest) = gates.split_at_mut(2 * units);
    let (candidate, output) = rest.split_at_mut(units);
    for (gate, bias) in input_and_forget.iter_mut().zip(&bias[..2 * units]) {
        *gate = sigmoid(*gate + bias);
    }
    for (gate, bias) in candidate.iter_mut().zip(&bias[2 * units..3 * units]) {
        *gate = tanh(*gate + bias);
    }
    for (gate, bias) in output.iter_mut().zip(&bias[3 * units..]) {
        *gate = sigmoid(*gate + bias);
    }
}

/// One row's next cell and hidden state; an empty `before` is a state of zeros.
#[inline(always)]
fn advance(gates: &[f32], before: &[f32], cell: &mut [f32], tanh_cell: &mut [f32], hidden: &mut [f32]) {
    let units = cell.len();
    let (input, forget) = (&gates[..units], &gates[units..2 * units]);
    let (candidate, output) = (&gates[2 * units..3 * units], &gates[3 * units..4 * units]);
    for ((cell, input), candidate) in cell.iter_mut().zip(input).zip(candidate) {
        *cell = input * candidate;
    }
    for ((cell, forget), before) in cell.iter_mut().zip(forget).zip(before) {
        *cell += forget * before;
    }
    for (((cell, output), tanh_cell), hidden) in cell.iter().zip(output).zip(tanh_cell).zip(hidden) {
        *tanh_cell = tanh(*cell);
        *hidden = output * *tanh_cell;
    }
}

/// Goes back through the reading that `tape` remembers, once.
///
/// `hidden_gradient` (rows × 2 units) brings the gradient by what [`forward`] wrote; the recurrent part is added to it on
/// the way. Leaves the gates' gradients on the tape, for [`weight_gradient`] and
/// [`input_gradient`].
pub(super) fn backward(
    cell: &Cell<&[f32]>,
    direction: Direction,
    packing: &Packing,
    hidden_gradient: &mut [f32],
    tape: &mut Tape,
) {
    let wide = cell.bias.len();
    let (rows, units) = (packing.rows(), wide / 4);
    let side = side(direction, units);
    let gates = &mut tape.gates[..rows * wide];
    let cell_gradient = room(&mut tape.cell_gradient, packing.sequences() * units);
    cell_gradient.fill(0.0);
    let recurrent_transposed = room(&mut tape.recurrent_transposed, wide * units);
    transpose(cell.recurrent, wide, recurrent_transposed);
    let arch = Arch::new();
    for step in packing.steps(direction).rev() {
        let gates = &mut gates[step.at * wide..][..step.active * wide];
        let cells_before = &tape.cells[step.before * units..][..step.carried * units];
        let tanh_cells = &tape.tanh_cells[step.at * units..][..step.active * units];
        let hidden_gradient_now = &hidden_gradient[step.at * 2 * units..][..step.active * 2 * units];
        arch.dispatch(Retreat {
            units,
            side,
            gates,
            cells_before,
            tanh_cells,
            hidden_gradient: hidden_gradient_now,
            cell_gradient,
        });
        if step.carried > 0 {
            let gates = Matrix::new(gates, step.carried, wide);
            let recurrent = Matrix::new(recurrent_transposed, wide, units);
            let before = &mut hidden_gradient[step.before * 2 * units + side..];
            multiply(MatrixMut::strided(before, step.carried, units, 2 * units), gates, recurrent, Write::Add);
        }
    }
}

/// One step back of all sequences alive, from the gradients by the hidden states to those by the sums of products.
struct Retreat<'a> {
    units: usize,
    side: usize,
    gates: &'a mut [f32],
    cells_before: &'a [f32],
    tanh_cells: &'a [f32],
    hidden_gradient: &'a [f32],
    cell_gradient: &'a mut [f32],
}

impl WithSimd for Retreat<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let units = self.units;
        for (row, gates) in self.gates.chunks_exact_mut(4 * units).enumerate() {
            let place = row * units..(row + 1) * units;
            let cell_before = self.cells_before.get(place.clone()).unwrap_or(&[]);
            let hidden = &self.hidden_gradient[row * 2 * units + self.side..][..units];
            let cell_gradient = &mut self.cell_gradient[place.clone()];
            retreat(gates, cell_before, &self.tanh_cells[place], hidden, cell_gradient);
        }
    }
}

/// One row back: turns its gates into the gradients before their activation, and `cell_gradient` into that of the state
/// before; an empty `before` is a state of zeros.
#[inline(always)]
fn retreat(gates: &mut [f32], before: &[f32], tanh_cell: &[f32], hidden: &[f32], cell_gradient: &mut [f32]) {
    let units = cell_gradient.len();
    let (input, rest) = gates.split_at_mut(units);
    let (forget, rest) = rest.split_at_mut(units);
    let (candidate, output) = rest.split_at_mut(units);
    for (((output, tanh_cell), hidden), cell) in output.iter_mut().zip(tanh_cell).zip(hidden).zip(&mut *cell_gradient) {
        *cell += hidden * *output * (1.0 - tanh_cell * tanh_cell);
        *output = hidden * tanh_cell * *output * (1.0 - *output);
    }
    for ((input, candidate), cell) in input.iter_mut().zip(candidate).zip(&*cell_gradient) {
        let (open, value) = (*input, *candidate);
        *input = cell * value * open * (1.0 - open);
        *candidate = cell * open * (1.0 - value * value);
    }
    if before.is_empty() {
        forget.fill(0.0);
        return;
    }
    for ((forget, before), cell) in forget.iter_mut().zip(before).zip(cell_gradient) {
        let open = *forget;
        *forget = *cell * before * open * (1.0 - open);
        *cell *= open;
    }
}

/// The weights' gradients, from what [`backward`] left on the tape.
pub(super) fn weight_gradient(
    gradient: &mut Cell<&mut [f32]>,
    direction: Direction,
    packing: &Packing,
    inputs: &[f32],
    hidden: &[f32],
    tape: &mut Tape,
) {
    let wide = gradient.bias.len();
    let (rows, units, width) = (packing.rows(), wide / 4, gradient.kernel.len() / wide);
    let side = side(direction, units);
    let begun_with = room(&mut tape.begun_with, rows * units);
    for step in packing.steps(direction) {
        let now = &mut begun_with[step.at * units..][..step.active * units];
        let (carried, begun) = now.split_at_mut(step.carried * units);
        begun.fill(0.0);
        for (row, now) in carried.chunks_exact_mut(units).enumerate() {
            now.copy_from_slice(&hidden[(step.before + row) * 2 * units + side..][..units]);
        }
    }
    let gates = Matrix::new(&tape.gates, rows, wide);
    let inputs = Matrix::new(inputs, rows, width).transposed();
    multiply(MatrixMut::new(gradient.kernel, width, wide), inputs, gates, Write::Replace);
    let begun_with = Matrix::new(begun_with, rows, units).transposed();
    multiply(MatrixMut::new(gradient.recurrent, units, wide), begun_with, gates, Write::Replace);
    sum_rows(&tape.gates[..rows * wide], gradient.bias);
}

/// The gradient by the inputs (rows × inputs), from what [`backward`] left on the tape.
pub(super) fn input_gradient(cell: &Cell<&[f32]>, rows: usize, target: &mut [f32], write: Write, tape: &Tape) {
    let wide = cell.bias.len();
    let width = cell.kernel.len() / wide;
    let kernel = Matrix::new(cell.kernel, width, wide).transposed();
    multiply(MatrixMut::new(target, rows, width), Matrix::new(&tape.gates, rows, wide), kernel, write);
}

/// The sum of all rows, column by column.
pub(super) fn sum_rows(values: &[f32], sums: &mut [f32]) {
    Arch::new().dispatch(SumRows { values, sums });
}

struct SumRows<'a> {
    values: &'a [f32],
    sums: &'a mut [f32],
}

impl WithSimd for SumRows<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        self.sums.fill(0.0);
        for row in self.values.chunks_exact(self.sums.len()) {
            for (sum, value) in self.sums.iter_mut().zip(row) {
                *sum += value;
            }
        }
    }
}

/// Rows of `width` numbers become columns; tile by tile, so that both sides are touched a cache line at a time.
fn transpose(values: &[f32], width: usize, target: &mut [f32]) {
    const TILE: usize = 16;
    let rows = values.len() / width;
    let mut tile = [[0.0; TILE]; TILE];
    for top in (0..rows).step_by(TILE) {
        for left in (0..width).step_by(TILE) {
            let (high, wide) = (TILE.min(rows - top), TILE.min(width - left));
            for (row, line) in tile.iter_mut().enumerate().take(high) {
                line[..wide].copy_from_slice(&values[(top + row) * width + left..][..wide]);
            }
            for column in 0..wide {
                let line: [f32; TILE] = std::array::from_fn(|row| tile[row][column]);
                target[(left + column) * rows + top..][..high].copy_from_slice(&line[..high]);
            }
        }
    }
}
