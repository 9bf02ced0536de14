//! How large a value is in a guest's memory, by the canonical ABI.

use wasmtime::component::types::Type;

/// Bytes that one value takes, and where it may begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Layout {
    pub size: u64,
    pub align: u64,
}

impl Layout {
    pub fn of(ty: &Type) -> Self {
        match ty {
            Type::Bool | Type::S8 | Type::U8 => scalar(1),
            Type::S16 | Type::U16 => scalar(2),
            Type::S32 | Type::U32 | Type::Float32 | Type::Char => scalar(4),
            Type::S64 | Type::U64 | Type::Float64 => scalar(8),
            // A pointer and a length.
            Type::String | Type::List(_) | Type::Map(_) => Layout { size: 8, align: 4 },
            Type::FixedLengthList(list) => {
                let one = Layout::of(&list.ty());
                Layout {
                    size: one.size.saturating_mul(list.len().into()),
                    ..one
                }
            }
            // An index.
            Type::Own(_) | Type::Borrow(_) => scalar(4),
            Type::Stream(_) | Type::Future(_) | Type::ErrorContext => scalar(4),
            Type::Record(record) => sequence(record.fields().map(|field| field.ty)),
            Type::Tuple(tuple) => sequence(tuple.types()),
            Type::Variant(variant) => {
                let cases = variant.cases();
                choice(cases.len(), cases.filter_map(|case| case.ty))
            }
            Type::Enum(cases) => choice(cases.names().len(), [].into_iter()),
            Type::Option(option) => choice(2, [option.ty()].into_iter()),
            Type::Result(result) => choice(2, result.ok().into_iter().chain(result.err())),
            Type::Flags(flags) => match flags.names().len() {
                0..=8 => scalar(1),
                9..=16 => scalar(2),
                _ => scalar(4),
            },
        }
    }
}

fn scalar(size: u64) -> Layout {
    Layout { size, align: size }
}

fn sequence(types: impl Iterator<Item = Type>) -> Layout {
    let start = Layout { size: 0, align: 1 };
    let all = types
        .map(|ty| Layout::of(&ty))
        .fold(start, |all, next| Layout {
            size: all
                .size
                .next_multiple_of(next.align)
                .saturating_add(next.size),
            align: all.align.max(next.align),
        });
    Layout {
        size: all.size.next_multiple_of(all.align),
        ..all
    }
}

fn choice(cases: usize, payloads: impl Iterator<Item = Type>) -> Layout {
    let which = match cases {
        0..=0x100 => 1,
        0x101..=0x1_0000 => 2,
        _ => 4,
    };
    let (mut size, mut align) = (0, which);
    for payload in payloads.map(|ty| Layout::of(&ty)) {
        size = size.max(payload.size);
        align = align.max(payload.align);
    }
    let size = which.next_multiple_of(align).saturating_add(size);
    Layout {
        size: size.next_multiple_of(align),
        align,
    }
}
