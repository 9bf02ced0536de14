//! The options that say how much a component may be, and how much compiling it may take.

use bytesize::ByteSize;
use clap::Args;
use std::time::Duration;
use worldhost::LoadLimits;

// What is said of it in a comment for documentation, clap says of each subcommand.
#[derive(Args)]
pub struct Loading {
    /// The most bytes of a component's file.
    #[arg(long, value_name = "SIZE", default_value_t = ByteSize(LoadLimits::default().size), help_heading = "Limits of a component")]
    max_component_size: ByteSize,

    /// The most components, types and instantiations within each other.
    #[arg(long, value_name = "N", default_value_t = LoadLimits::default().nesting, value_parser = clap::value_parser!(u32).range(1..=i64::from(LoadLimits::MAX_NESTING)), help_heading = "Limits of a component")]
    max_component_nesting: u32,

    /// The most instances of modules and components, each as often as it is made.
    #[arg(long, value_name = "N", default_value_t = LoadLimits::default().instances, help_heading = "Limits of a component")]
    max_component_instances: u64,

    /// The most items, with all instances made and all types written out.
    #[arg(long, value_name = "N", default_value_t = LoadLimits::default().items, help_heading = "Limits of a component")]
    max_component_items: u64,

    /// The most functions of all modules.
    #[arg(long, value_name = "N", default_value_t = LoadLimits::default().functions, help_heading = "Limits of a component")]
    max_component_functions: u64,

    /// The most parameters, results and locals of all functions.
    #[arg(long, value_name = "N", default_value_t = LoadLimits::default().locals, help_heading = "Limits of a component")]
    max_component_locals: u64,

    /// The most bytes of what memories and tables hold from the beginning.
    #[arg(long, value_name = "SIZE", default_value_t = ByteSize(LoadLimits::default().data), help_heading = "Limits of a component")]
    max_component_data: ByteSize,

    /// The most memory for one compilation.
    #[arg(long, value_name = "SIZE", default_value_t = ByteSize(LoadLimits::default().compile_memory), help_heading = "Limits of a component")]
    max_compile_memory: ByteSize,

    /// The most time for one compilation: `30s`, `2m`.
    #[arg(long, value_name = "TIME", default_value_t = LoadLimits::default().compile_time.into(), help_heading = "Limits of a component")]
    max_compile_time: humantime::Duration,
}

impl Loading {
    pub fn limits(&self) -> LoadLimits {
        let mut limits = LoadLimits::default();
        limits.size = self.max_component_size.as_u64();
        limits.nesting = self.max_component_nesting;
        limits.instances = self.max_component_instances;
        limits.items = self.max_component_items;
        limits.functions = self.max_component_functions;
        limits.locals = self.max_component_locals;
        limits.data = self.max_component_data.as_u64();
        limits.compile_memory = self.max_compile_memory.as_u64();
        limits.compile_time = Duration::from(self.max_compile_time);
        limits
    }
}

/// The arguments that stand for these.
pub fn arguments(limits: &LoadLimits) -> Vec<String> {
    let time = humantime::Duration::from(limits.compile_time);
    vec![
        format!("--max-component-size={}B", limits.size),
        format!("--max-component-nesting={}", limits.nesting),
        format!("--max-component-instances={}", limits.instances),
        format!("--max-component-items={}", limits.items),
        format!("--max-component-functions={}", limits.functions),
        format!("--max-component-locals={}", limits.locals),
        format!("--max-component-data={}B", limits.data),
        format!("--max-compile-memory={}B", limits.compile_memory),
        format!("--max-compile-time={time}"),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Program {
        #[command(flatten)]
        loading: Loading,
    }

    fn read(arguments: &[String]) -> LoadLimits {
        let words = ["program".to_string()]
            .into_iter()
            .chain(arguments.to_vec());
        Program::parse_from(words).loading.limits()
    }

    #[test]
    fn limits_are_read_as_they_were_written() {
        let default = format!("{:?}", LoadLimits::default());
        assert_eq!(format!("{:?}", read(&[])), default);
        let mut limits = LoadLimits::default();
        limits.size = 12_345;
        limits.items = 7;
        limits.compile_memory = (1 << 30) + 1;
        limits.compile_time = Duration::from_millis(61_001);
        let again = read(&arguments(&limits));
        assert_eq!(format!("{again:?}"), format!("{limits:?}"));
    }
}
